import { availableParallelism } from "node:os";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import type { CellProgress } from "../lanes/cell.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { TimedRun } from "../model/timed.ts";
import { sizeOf } from "./cell-size.ts";
import { Stop } from "./stop.ts";
import { guarded } from "./watchdog.ts";
import type { Job, TimedWork } from "./worker.ts";

/** The worker's file, beside this one: TypeScript in the repository, JavaScript when published. */
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url).href;

/** How the work is done, and who follows it. */
export interface PoolOptions<W, P, R> {
  /** Threads; as many as there are cores unless this says otherwise. */
  readonly jobs?: number;
  /** Ends it early, when somebody asks for that. */
  readonly stop?: Stop;
  readonly progress: {
    running(work: W, progress: P): void;
    done(work: W, result: R): void;
  };
}

/**
 * Runs cells on worker threads, the longest first, so that the end is not one thread's alone. The reports come in the order of the
 * cells, whoever finishes first; null for those that were not begun when it was told to stop.
 */
export function runCells(
  specs: readonly CellSpec[],
  options: PoolOptions<CellSpec, CellProgress, CellReport>,
): Promise<readonly (CellReport | null)[]> {
  const nameOf = ({ target, strategy, profile }: CellSpec) => `${target}, ${strategy}, ${profile}`;
  return runAll("cell", specs, { ...options, nameOf, sizeOf });
}

/**
 * Plays worlds of timed cells on worker threads, in their order.
 *
 * @returns null for those that had not come to their end when it was told to stop
 */
export function playAll(
  works: readonly TimedWork[],
  options: PoolOptions<TimedWork, number, TimedRun>,
): Promise<readonly (TimedRun | null)[]> {
  const nameOf = ({ spec, run }: TimedWork) => `${spec.target}, ${spec.strategy}, ${spec.profile}, world ${run + 1}`;
  return runAll("timed", works, { ...options, nameOf, sizeOf: () => 1 });
}

interface AllOptions<W, P, R> extends PoolOptions<W, P, R> {
  nameOf(work: W): string;
  sizeOf(work: W): number;
}

/** @param worker the function of the worker's file that does it */
async function runAll<W extends object, P, R>(worker: string, works: readonly W[], options: AllOptions<W, P, R>): Promise<(R | null)[]> {
  const { jobs = availableParallelism(), stop = new Stop() } = options;
  const maxThreads = Math.min(jobs, works.length);
  const pool = new Piscina({ filename: WORKER, minThreads: 1, maxThreads, idleTimeout: 10_000, stricterFIFO: true });
  // It takes them in the order in which it is given them; equal ones keep theirs.
  const order = works.map((_, index) => index).sort((a, b) => options.sizeOf(works[b] as W) - options.sizeOf(works[a] as W));
  try {
    const results: (R | null)[] = [];
    const doing = order.map(async (index) => {
      results[index] = await runOne<W, P, R>(pool, worker, works[index] as W, stop, options);
    });
    await Promise.all(doing);
    return results;
  } finally {
    await pool.destroy();
  }
}

async function runOne<W, P, R>(pool: Piscina, name: string, work: W, stop: Stop, options: AllOptions<W, P, R>): Promise<R | null> {
  const { progress, nameOf } = options;
  const { port1, port2 } = new MessageChannel();
  const job: Job<W> = { work, progress: port2, stop: stop.flag };
  try {
    // Work waits its turn: patience begins with the first sign of life.
    const started = new Promise<void>((resolve) => port1.once("message", () => resolve()));
    const ended = pool.run(job, { name, transferList: [port2] }) as Promise<R | null>;
    await Promise.race([started, ended]);
    const result = await guarded(nameOf(work), (alive) => {
      port1.on("message", (message: P | null) => {
        alive();
        if (message !== null) progress.running(work, message);
      });
      return ended;
    });
    if (result !== null) progress.done(work, result);
    return result;
  } catch (error) {
    throw error instanceof HoldfastError ? error : died(nameOf(work), error);
  } finally {
    port1.close();
  }
}

/** The thread itself is gone, or failed in a way that no result tells. */
function died(name: string, error: unknown): HoldfastError {
  return new HoldfastError(
    "TARGET_CRASHED",
    `the worker thread ended while it ran ${name}: ${describeError(error)}`,
    "look for what ends a process in the target: process.exit, an out-of-memory, a native module",
    { cause: error },
  );
}
