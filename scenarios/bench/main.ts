import { availableParallelism } from "node:os";

/** What is measured, by name, in order. Each is loaded when its turn comes: what one has loaded must not slow another. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  schedules: async () => (await import("./print-schedules.ts")).printSchedules(),
  cells: async () => (await import("./print-cells.ts")).printCells(),
  jobs: async () => (await import("./print-jobs.ts")).printJobs(),
  issuers: async () => (await import("./print-issuers.ts")).printIssuers(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `expected parts of the bench, got ${unknown.join(", ")}\n  known: ${Object.keys(PARTS).join(", ")}; none: all of them\n`,
  );
  process.exitCode = 2;
} else {
  const began = performance.now();
  console.log(`Node ${process.versions.node} · ${availableParallelism()} cores · medians of interleaved rounds, each side by itself`);
  for (const [name, print] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log();
    await print();
  }
  console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
}
