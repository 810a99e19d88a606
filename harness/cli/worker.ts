import type { MessagePort } from "node:worker_threads";
import { runCell } from "../lanes/cell.ts";
import { cellOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";

/** One cell for a worker thread; `progress` is told how many schedules have run. */
export interface Job {
  readonly spec: CellSpec;
  readonly progress: MessagePort;
}

/** Real milliseconds. A message for each schedule would cost more than a cheap schedule does. */
const PROGRESS_EVERY = 100;

// The standard output belongs to the results; what a target prints while it runs goes where errors go.
console.log = console.info = console.debug = console.error;

export default async function work({ spec, progress }: Job): Promise<CellReport> {
  try {
    progress.postMessage(0);
    let said = performance.now();
    return await runCell(await cellOf(spec), (schedules) => {
      const now = performance.now();
      if (now - said < PROGRESS_EVERY) return;
      said = now;
      progress.postMessage(schedules);
    });
  } finally {
    progress.close();
  }
}
