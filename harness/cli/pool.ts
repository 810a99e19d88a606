import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { moduleBeside } from "../model/beside.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { Progress } from "./progress.ts";
import { guarded } from "./watchdog.ts";

const WORKER = moduleBeside(import.meta.url, "worker").href;

/** Runs cells on worker threads. The reports come in the order of the cells, whoever finishes first. */
export async function runCells(specs: readonly CellSpec[], jobs: number, progress: Progress): Promise<readonly CellReport[]> {
  const pool = new Piscina({ filename: WORKER, minThreads: 1, maxThreads: Math.min(jobs, specs.length), idleTimeout: 10_000 });
  try {
    return await Promise.all(specs.map((spec) => runOne(pool, spec, progress)));
  } finally {
    await pool.destroy();
  }
}

async function runOne(pool: Piscina, spec: CellSpec, progress: Progress): Promise<CellReport> {
  const { port1, port2 } = new MessageChannel();
  const name = `${spec.target}, ${spec.strategy}, ${spec.profile}`;
  try {
    // Cells wait their turn: patience begins with the first sign of life.
    const started = new Promise<void>((resolve) => port1.once("message", () => resolve()));
    const ended = pool.run({ spec, progress: port2 }, { transferList: [port2] }) as Promise<CellReport>;
    await Promise.race([started, ended]);
    const report = await guarded(name, (alive) => {
      port1.on("message", (schedules: number) => {
        alive();
        progress.running(spec, schedules);
      });
      return ended;
    });
    progress.done(spec, report);
    return report;
  } catch (error) {
    throw error instanceof HoldfastError ? error : died(name, error);
  } finally {
    port1.close();
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
