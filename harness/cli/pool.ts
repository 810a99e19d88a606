import { availableParallelism } from "node:os";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { failed, type NamedCell } from "../lanes/cell.ts";
import type { TraceOutcome } from "../lanes/corpus.ts";
import type { ServerAddress } from "../lanes/postgres/server.ts";
import type { CellProgress } from "../lanes/search-cell.ts";
import { cellOf } from "../library/registry.ts";
import { moduleBeside } from "../model/beside.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { Part } from "../model/part.ts";
import type { TimedRun } from "../model/timed.ts";
import { guarded } from "../model/watchdog.ts";
import { sizeOf } from "./cell-size.ts";
import { databaseCellOf } from "./database-cells.ts";
import { Stop } from "./stop.ts";
import type { Begun, Job, PartWork, TimedWork, Works } from "./work.ts";

const WORKER = moduleBeside(import.meta.url, "worker").href;

/** Who follows what is being done. */
export interface Followed<W, P, R> {
  running(work: W, progress: P): void;
  done(work: W, result: R): void;
}

type Work<N extends keyof Works> = Parameters<Works[N]>[0]["work"];
type Result<N extends keyof Works> = Awaited<ReturnType<Works[N]>>;

/** Threads that run cells, and play traces and timed worlds. Once somebody asks to stop, what has not begun comes to nothing: null. */
export class Workers {
  readonly #pool: Piscina;
  readonly #stop: Stop;
  readonly #patience: number | undefined;

  /**
   * @param jobs how many at most; as many as there are cores, unless somebody says otherwise
   * @param stop ends all that they do, when somebody asks for that
   * @param patience real milliseconds for which one may show no sign of life; see {@link guarded}
   */
  constructor(jobs = availableParallelism(), stop = new Stop(), patience?: number) {
    this.#pool = new Piscina({ filename: WORKER, minThreads: 1, maxThreads: jobs, idleTimeout: 10_000, stricterFIFO: true });
    this.#stop = stop;
    this.#patience = patience;
  }

  /**
   * Runs cells, the longest first, so that the end is not one thread's alone. The reports come in the order of the cells, whoever
   * finishes first.
   *
   * @param shrink whether counterexamples are made small
   * @param server where cells of the lane postgres run; null where there are none
   */
  async search(
    specs: readonly CellSpec[],
    progress: Followed<CellSpec, CellProgress, CellReport>,
    shrink: boolean,
    server: ServerAddress | null = null,
  ): Promise<readonly (CellReport | null)[]> {
    const reports: (CellReport | null)[] = [];
    // The pool takes them in the order in which it is given them; equal ones keep theirs.
    const order = [...specs.entries()].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
    const running = order.map(async ([index, spec]) => {
      const name = `${spec.target}, ${spec.strategy}, ${spec.profile}`;
      const began = performance.now();
      const say = (at: CellProgress) => progress.running(spec, at);
      const report = await this.#run("cell", { spec, shrink, server }, name, say).catch(async (error: HoldfastError) =>
        // The cells of others are worth something, whatever this one does to its thread.
        failed(await namedCell(spec), error, performance.now() - began),
      );
      if (report !== null) progress.done(spec, report);
      reports[index] = report;
    });
    await Promise.all(running);
    return reports;
  }

  /** Runs parts of cells of the simulation, in the order in which they are given. */
  searchParts<W extends Omit<PartWork, "shrink">>(
    parts: readonly W[],
    progress: Followed<W, CellProgress, Part>,
    shrink: boolean,
  ): Promise<readonly (Part | null)[]> {
    return Promise.all(
      parts.map(async (one) => {
        const { spec, stretch } = one;
        const name = `${spec.target}, ${spec.strategy}, ${spec.profile}`;
        const part = await this.#run("part", { spec, stretch, shrink }, name, (at: CellProgress) => progress.running(one, at));
        if (part !== null) progress.done(one, part);
        return part;
      }),
    );
  }

  /** Plays a recorded trace. */
  play(replay: string): Promise<TraceOutcome | null> {
    return this.#run("trace", replay, "a recorded trace", () => {});
  }

  /** Plays worlds of timed cells, in their order. Also of those that have begun, none counts that does not come to its end. */
  playWorlds(works: readonly TimedWork[], progress: Followed<TimedWork, number, TimedRun>): Promise<readonly (TimedRun | null)[]> {
    return Promise.all(
      works.map(async (work) => {
        const { target, strategy, profile } = work.spec;
        const name = `${target}, ${strategy}, ${profile}, world ${work.run + 1}`;
        const run = await this.#run("world", work, name, (virtualTime: number) => progress.running(work, virtualTime));
        if (run !== null) progress.done(work, run);
        return run;
      }),
    );
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #run<N extends keyof Works, P>(what: N, work: Work<N>, name: string, say: (progress: P) => void): Promise<Result<N>> {
    const { port1, port2 } = new MessageChannel();
    const job: Job<Work<N>> = { work, progress: port2, stop: this.#stop.flag };
    let thread: number | null = null;
    try {
      // Work waits its turn: patience begins with the first sign of life, which says where it is.
      const started = new Promise<void>((resolve) => {
        port1.once("message", ({ threadId }: Begun) => {
          thread = threadId;
          resolve();
        });
      });
      const ended = this.#pool.run(job, { name: what, transferList: [port2] }) as Promise<Result<N>>;
      await Promise.race([started, ended]);
      return await guarded(
        name,
        (alive) => {
          port1.on("message", (progress: P) => {
            alive();
            say(progress);
          });
          return ended;
        },
        this.#patience,
      );
    } catch (error) {
      // One that hangs is ended, and its place is free for another.
      await this.#pool.threads.find(({ threadId }) => threadId === thread)?.terminate();
      throw error instanceof HoldfastError ? error : died(name, error);
    } finally {
      port1.close();
    }
  }
}

async function namedCell(spec: CellSpec): Promise<NamedCell> {
  return spec.lane === "postgres" ? (await databaseCellOf(spec)).cell : cellOf(spec);
}

/** The thread itself is gone, or failed in a way that no report tells. */
function died(name: string, error: unknown): HoldfastError {
  return new HoldfastError(
    "TARGET_CRASHED",
    `the worker thread ended while it ran ${name}: ${describeError(error)}`,
    "look for what ends a process in the target: process.exit, an out-of-memory, a native module",
    { cause: error },
  );
}
