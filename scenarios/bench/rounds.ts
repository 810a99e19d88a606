import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Ratio } from "../../harness/report/bench-file.ts";
import type { Side, Tally, Weight } from "./scenario.ts";
import type { Order, ThreadData, Timed } from "./thread.ts";

/** Schedules run before anything is timed: they warm the compiler up, and their choices are counted. */
const WARM_UP = 400;
/** Milliseconds that a timed batch should take: far beyond the clock's grain, short enough for the machine to stay the same. */
const BATCH = 250;
/** Odd, so that the median is a round that was. */
const ROUNDS = 9;

export interface Measured {
  readonly side: Side;
  /** Schedules per second, one entry a round. */
  readonly rates: readonly number[];
  /** The same per second of processor time, which other work on the machine changes little. */
  readonly processorRates: readonly number[];
  /** Of the warm-up, whose choices were counted. */
  readonly tally: Tally;
}

/** Measures the sides of a weight in turns: A B A B …, so that whatever else the machine does meets them alike. */
export async function measure(weight: Weight, sides: readonly Side[]): Promise<readonly Measured[]> {
  const contestants: { side: Side; thread: Worker; tally: Tally; schedules: number; rates: number[]; processorRates: number[] }[] = [];
  for (const side of sides) {
    const thread = new Worker(new URL("./thread.ts", import.meta.url), { workerData: { weight, side } satisfies ThreadData });
    const { tally } = await run(thread, { schedules: WARM_UP, seed: -1, counted: true });
    const { milliseconds } = await run(thread, { schedules: WARM_UP, seed: -2, counted: false });
    const schedules = Math.min(20_000, Math.max(20, Math.round((WARM_UP / milliseconds) * BATCH)));
    contestants.push({ side, thread, tally, schedules, rates: [], processorRates: [] });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { thread, schedules, rates, processorRates } of contestants) {
      const { tally, milliseconds, processor } = await run(thread, { schedules, seed: round, counted: false });
      if (tally.schedules !== schedules) throw new Error(`expected ${schedules} schedules, got ${tally.schedules}`);
      rates.push((schedules / milliseconds) * 1000);
      processorRates.push((schedules / processor) * 1000);
    }
  }
  await Promise.all(contestants.map(({ thread }) => thread.terminate()));
  return contestants;
}

/** `once` also rejects when the thread fails. */
async function run(thread: Worker, order: Order): Promise<Timed> {
  const answer = once(thread, "message");
  thread.postMessage(order);
  const [timed] = await answer;
  return timed as Timed;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Round by round: how many times one is the other. */
export function quotients(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}

/** A ratio with its range, to be kept. */
export function ratioOf(what: string, rounds: readonly number[], aim: number | null, processor: number | null = null): Ratio {
  const [ratio, low, high] = [median(rounds), Math.min(...rounds), Math.max(...rounds)].map(cents) as [number, number, number];
  return { what, ratio, low, high, processor: processor === null ? null : cents(processor), aim };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
