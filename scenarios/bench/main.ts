import { writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import type { BenchFile } from "../../harness/report/bench-file.ts";
import { BENCH_FILE } from "./file.ts";

/** What a part adds to the file. */
type Found = Partial<Pick<BenchFile, "ratios" | "cell" | "proofs" | "samplers">>;

/** What is measured, by name, in order. Each is loaded when its turn comes: what one has loaded must not slow another. */
const PARTS: Readonly<Record<string, () => Promise<Found>>> = {
  schedules: async () => ({ ratios: await (await import("./print-schedules.ts")).printSchedules() }),
  cells: async () => (await import("./print-cells.ts")).printCells().then(() => ({})),
  costs: async () => (await import("./print-costs.ts")).printCosts(),
  jobs: async () => ({ ratios: await (await import("./print-jobs.ts")).printJobs() }),
  campaigns: async () => ({ ratios: await (await import("./print-campaigns.ts")).printCampaigns() }),
  issuers: async () => ({ ratios: await (await import("./print-issuers.ts")).printIssuers() }),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `expected parts of the bench, got ${unknown.join(", ")}\n  known: ${Object.keys(PARTS).join(", ")}; none: all of them, into ${BENCH_FILE}\n`,
  );
  process.exitCode = 2;
} else {
  const began = performance.now();
  const load = loadavg()[0] ?? 0;
  const cores = availableParallelism();
  console.log(
    `Node ${process.versions.node} · ${cores} cores · load ${load.toFixed(1)} · medians of interleaved rounds, each side by itself`,
  );
  const found: Found[] = [];
  for (const [name, print] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log();
    found.push(await print());
  }
  if (wanted.length === 0) {
    const machine = { node: process.versions.node, cores, load: [rounded(load), rounded(loadavg()[0] ?? 0)] satisfies [number, number] };
    await writeFile(BENCH_FILE, `${JSON.stringify(together(found, machine), null, 2)}\n`);
    console.log(`\n${BENCH_FILE}`);
  }
  console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
}

function together(found: readonly Found[], machine: BenchFile["machine"]): BenchFile {
  return {
    version: 1,
    ratios: found.flatMap(({ ratios = [] }) => ratios),
    cell: found.find(({ cell }) => cell !== undefined)?.cell ?? "",
    proofs: found.flatMap(({ proofs = [] }) => proofs),
    samplers: found.flatMap(({ samplers = [] }) => samplers),
    machine,
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
