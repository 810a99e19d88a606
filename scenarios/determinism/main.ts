import { compareProcesses } from "./compare.ts";

const SEEDS = 1_000;
/** Of each schedule; half of them in each of two processes. */
const REPLAYS = 20;

/** `npm run determinism`: the same schedules in two processes, each replayed again and again. Exits 1 when any of them comes to something else. */
const began = performance.now();
const comparisons = await compareProcesses(SEEDS, REPLAYS / 2);
for (const { name, seeds, runs, divergences, distinct } of comparisons) {
  const counts = `${seeds} seeds, ${runs.toLocaleString("en-US")} runs, ${distinct} different traces`;
  console.log(`${name.padEnd(32)} ${counts}: ${divergences.length} ${divergences.length === 1 ? "divergence" : "divergences"}`);
  for (const text of divergences.slice(0, 5)) console.log(`  ${text}`);
}
const found = comparisons.reduce((sum, { divergences }) => sum + divergences.length, 0);
const runs = comparisons.reduce((sum, one) => sum + one.runs, 0);
const seconds = (performance.now() - began) / 1000;
const all = `${runs.toLocaleString("en-US")} runs, ${SEEDS} seeds × ${REPLAYS} replays over two processes`;
console.log(`\n${found} ${found === 1 ? "divergence" : "divergences"} in ${all}, ${seconds.toFixed(0)} s`);
if (found > 0) process.exitCode = 1;
