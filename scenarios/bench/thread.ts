import { parentPort, workerData } from "node:worker_threads";
import type { Batch, Side, Tally, Weight } from "./scenario.ts";

/**
 * One side of one weight in a thread of its own. Neither side's compiled code, garbage or façades weigh on the other: the
 * fast-check threads never load Holdfast.
 */
export interface ThreadData {
  readonly weight: Weight;
  readonly side: Side;
}

export interface Order {
  readonly schedules: number;
  readonly seed: number;
  readonly counted: boolean;
}

export interface Timed {
  readonly tally: Tally;
  readonly milliseconds: number;
  /** Milliseconds of processor time of the whole process, crypto on its thread pool included: nobody else is at work in it. */
  readonly processor: number;
}

const { weight, side } = workerData as ThreadData;
const batch = await load();
parentPort?.on("message", async ({ schedules, seed, counted }: Order) => {
  const began = performance.now();
  const used = process.cpuUsage();
  const tally = await batch(schedules, seed, counted);
  const { user, system } = process.cpuUsage(used);
  parentPort?.postMessage({ tally, milliseconds: performance.now() - began, processor: (user + system) / 1000 } satisfies Timed);
});

async function load(): Promise<Batch> {
  if (side === "holdfast") return (await import("./holdfast.ts")).holdfastBatch(weight);
  return (await import("./fast-check.ts")).fastCheckBatch(weight, side === "fast-check");
}
