import type { BenchFile } from "../../harness/report/bench-file.ts";
import { COSTS_CELL, measureCosts } from "./costs.ts";

/** What searching costs as page loads become more. */
export async function printCosts(): Promise<Pick<BenchFile, "cell" | "proofs" | "samplers">> {
  const costs = await measureCosts();
  const { proofs, samplers } = costs;
  console.log(`As page loads become more: ${COSTS_CELL} (processor time)`);
  console.log("  loads      runs    states   seconds  states/s      orders");
  for (const { loads, runs, states, seconds, interleavings } of proofs) {
    const columns = [runs, states, seconds.toFixed(2), (states / seconds).toFixed(0)].map((column) => String(column).padStart(10));
    console.log(
      `  ${String(loads).padStart(5)}${columns.join("")}${(interleavings === null ? "–" : Number(interleavings).toPrecision(3)).padStart(12)}`,
    );
  }
  const explorers = [...new Set(samplers.map(({ explorer }) => explorer))];
  console.log(`  ms a schedule${explorers.map((explorer) => explorer.padStart(10)).join("")}`);
  for (const { loads } of proofs) {
    const cells = samplers.filter((sampler) => sampler.loads === loads).map(({ milliseconds }) => milliseconds.toFixed(1).padStart(10));
    console.log(`  ${`${loads} loads`.padEnd(13)}${cells.join("")}`);
  }
  return { cell: COSTS_CELL, ...costs };
}
