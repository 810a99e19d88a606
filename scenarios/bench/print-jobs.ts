import type { Ratio } from "../../harness/report/bench-file.ts";
import { measureJobs, type Round, speedUp } from "./jobs.ts";
import { median, ratioOf } from "./rounds.ts";

/** The part of what two processes gain that two threads are to gain. */
const AIM = 0.9;

/** What worker threads gain. */
export async function printJobs(): Promise<Ratio[]> {
  console.log("Worker threads: default cells on one and on two, beside arithmetic in one process and in two (seconds, an entry a round):");
  const { cells, cpu, jobs, ratios } = await measureJobs();
  printRounds("arithmetic", cpu);
  printRounds(`${cells} cells`, jobs);
  const ratio = median(ratios);
  console.log(`  ${ratio.toFixed(2)} of what two processes gain (${list(ratios, 2)}); aim: ${AIM}, ${ratio >= AIM ? "met" : "not met"}`);
  return [ratioOf("two worker threads, of what two processes gain", ratios, AIM)];
}

/** One line: seconds of one and of two, and how many times as fast two are. */
export function printRounds(name: string, rounds: readonly Round[]): void {
  const seconds = (of: (round: Round) => number) =>
    list(
      rounds.map((round) => of(round) / 1000),
      1,
    );
  console.log(
    `  ${name.padEnd(12)} one ${seconds(({ one }) => one)} · two ${seconds(({ two }) => two)} · speed-up ${list(rounds.map(speedUp), 2)}`,
  );
}

function list(values: readonly number[], digits: number): string {
  return values.map((value) => value.toFixed(digits)).join(", ");
}
