import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { defaultCells } from "../../harness/cli/default-cells.ts";
import { Workers } from "../../harness/cli/pool.ts";
import type { CellSpec } from "../../harness/model/cell.ts";

/** Odd, so that the median is a round that was. */
const ROUNDS = 3;
/** One in so many of the default cells: of every kind some, and short enough to be run six times. */
const EVERY = 3;
/** Rounds of arithmetic: some seconds of a core. */
const BURN = 3_000;

/** What two have done at once, and what one of them takes alone, in milliseconds. */
export interface Round {
  readonly one: number;
  readonly two: number;
}

/** How much faster work goes on two threads than on one, and pure arithmetic in two processes than in one. */
export interface JobsFigures {
  readonly cells: number;
  readonly cpu: readonly Round[];
  readonly jobs: readonly Round[];
  /** What two threads gain by what two processes gain, an entry a round. */
  readonly ratios: readonly number[];
}

/** Measures both in turns, so that whatever else the machine does meets them alike. */
export async function measureJobs(): Promise<JobsFigures> {
  const specs = defaultCells(1).filter((_, index) => index % EVERY === 0);
  const cpu: Round[] = [];
  const jobs: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Twice the work for two: each of them does all of it.
    cpu.push({ one: 2 * (await timed(() => burn(1))), two: await timed(() => burn(2)) });
    jobs.push({ one: await timed(() => search(specs, 1)), two: await timed(() => search(specs, 2)) });
  }
  const ratios = jobs.map((round, index) => speedUp(round) / speedUp(cpu[index] as Round));
  return { cells: specs.length, cpu, jobs, ratios };
}

/** How many times as fast two are. */
export function speedUp({ one, two }: Round): number {
  return one / two;
}

export async function burn(processes: number): Promise<void> {
  const file = fileURLToPath(new URL("./jobs/burn.ts", import.meta.url));
  const burning = Array.from({ length: processes }, () => once(fork(file, [String(BURN)]), "exit"));
  for (const [status] of await Promise.all(burning)) if (status !== 0) throw new Error(`expected it to burn, and it ended with ${status}`);
}

async function search(specs: readonly CellSpec[], threads: number): Promise<void> {
  const workers = new Workers(threads);
  try {
    const reports = await workers.search(specs, { running() {}, done() {} }, false);
    const missed = reports.filter((report) => report?.result.verdict !== report?.result.expect);
    if (missed.length > 0) throw new Error(`expected every cell to be as expected, and ${missed.length} were not`);
  } finally {
    await workers.close();
  }
}

export async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
