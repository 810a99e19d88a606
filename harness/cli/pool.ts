import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { Progress } from "./progress.ts";

/** The worker's file, beside this one: TypeScript in the repository, JavaScript when published. */
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url).href;

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
  port1.on("message", (schedules: number) => progress.running(spec, schedules));
  port1.unref();
  try {
    const report = (await pool.run({ spec, progress: port2 }, { transferList: [port2] })) as CellReport;
    progress.done(spec, report);
    return report;
  } finally {
    port1.close();
  }
}
