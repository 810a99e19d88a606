import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import type { TraceOutcome } from "../lanes/corpus.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { Progress } from "./progress.ts";
import { guarded } from "./watchdog.ts";
import type { Task } from "./worker.ts";

/** The worker's file, beside this one: TypeScript in the repository, JavaScript when published. */
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url).href;

/** Runs cells on threads of their own. The reports come in the order of the cells, whoever finishes first. */
export async function runCells(specs: readonly CellSpec[], jobs: number, progress: Progress): Promise<readonly CellReport[]> {
  const workers = new Workers(Math.min(jobs, specs.length));
  try {
    return await workers.search(specs, progress, false);
  } finally {
    await workers.close();
  }
}

/** Threads that run cells and play traces. */
export class Workers {
  readonly #pool: Piscina;

  /** @param jobs how many at most */
  constructor(jobs: number) {
    this.#pool = new Piscina({ filename: WORKER, minThreads: 1, maxThreads: jobs, idleTimeout: 10_000 });
  }

  /** Runs cells. The reports come in the order of the cells, whoever finishes first. */
  search(specs: readonly CellSpec[], progress: Progress, shrink: boolean): Promise<readonly CellReport[]> {
    return Promise.all(
      specs.map(async (spec) => {
        const say = (schedules: number) => progress.running(spec, schedules);
        const report = await this.#run<CellReport>(`${spec.target}, ${spec.strategy}, ${spec.profile}`, say, { spec, shrink });
        progress.done(spec, report);
        return report;
      }),
    );
  }

  /** Plays a recorded trace. */
  play(replay: string): Promise<TraceOutcome> {
    return this.#run("a recorded trace", () => {}, { replay });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #run<T>(name: string, say: (schedules: number) => void, task: Task): Promise<T> {
    const { port1, port2 } = new MessageChannel();
    try {
      // Tasks wait their turn: patience begins with the first sign of life.
      const started = new Promise<void>((resolve) => port1.once("message", () => resolve()));
      const ended = this.#pool.run({ ...task, progress: port2 }, { transferList: [port2] }) as Promise<T>;
      await Promise.race([started, ended]);
      return await guarded(name, (alive) => {
        port1.on("message", (schedules: number) => {
          alive();
          say(schedules);
        });
        return ended;
      });
    } catch (error) {
      throw error instanceof HoldfastError ? error : died(name, error);
    } finally {
      port1.close();
    }
  }
}

/** The thread itself is gone, or failed in a way that no cell reports. */
function died(name: string, error: unknown): HoldfastError {
  return new HoldfastError(
    "TARGET_CRASHED",
    `the worker thread ended while it ran ${name}: ${describeError(error)}`,
    "look for what ends a process in the target: process.exit, an out-of-memory, a native module",
    { cause: error },
  );
}
