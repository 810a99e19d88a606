import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { defaultCells } from "../../harness/cli/default-cells.ts";
import { Workers } from "../../harness/cli/pool.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { median } from "./rounds.ts";

/** The part of what two processes gain that two threads are to gain. */
const AIM = 0.9;
/** Odd, so that the median is a round that was. */
const ROUNDS = 3;
/** One in so many of the default cells: of every kind some, and short enough to be run six times. */
const EVERY = 3;
/** Rounds of arithmetic: some seconds of a core. */
const BURN = 3_000;

/** What two have done at once, and what one of them takes alone, in milliseconds. */
interface Round {
  readonly one: number;
  readonly two: number;
}

/** How much faster work goes on two threads than on one, and pure arithmetic in two processes than in one. */
interface JobsFigures {
  readonly cells: number;
  readonly cpu: readonly Round[];
  readonly jobs: readonly Round[];
  /** What two threads gain by what two processes gain, an entry a round. */
  readonly ratios: readonly number[];
}

/** What worker threads gain. */
export async function printJobs(): Promise<void> {
  console.log("Worker threads: default cells on one and on two, beside arithmetic in one process and in two (seconds, an entry a round):");
  for (const text of describeJobs(await measureJobs())) console.log(`  ${text}`);
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
function speedUp({ one, two }: Round): number {
  return one / two;
}

/** What was measured, in lines. */
export function describeJobs({ cells, cpu, jobs, ratios }: JobsFigures): readonly string[] {
  const list = (values: readonly number[], digits: number) => values.map((value) => value.toFixed(digits)).join(", ");
  const line = (name: string, rounds: readonly Round[]) => {
    const [one, two] = [rounds.map((round) => round.one / 1000), rounds.map((round) => round.two / 1000)];
    return `${name.padEnd(22)} one ${list(one, 1)} · two ${list(two, 1)} · speed-up ${list(rounds.map(speedUp), 2)}`;
  };
  const ratio = median(ratios);
  return [
    line("arithmetic", cpu),
    line(`${cells} cells, --jobs 1 and 2`, jobs),
    `${ratio.toFixed(2)} of what two processes gain (${list(ratios, 2)}); aim: ${AIM}, ${ratio >= AIM ? "met" : "not met"}`,
  ];
}

async function burn(processes: number): Promise<void> {
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

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
