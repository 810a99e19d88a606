import type { MessagePort } from "node:worker_threads";
import { runCell } from "../lanes/cell.ts";
import { playTimed } from "../lanes/timed.ts";
import { cellOf, timedSettingOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { TimedRun, TimedSpec } from "../model/timed.ts";
import { isRequested } from "./stop.ts";

/** A piece of work for a worker thread, and how it and the one who waits for it hear of each other. */
export interface Job<W> {
  readonly work: W;
  /** Is told how far it is. */
  readonly progress: MessagePort;
  /** See `Stop`. */
  readonly stop: Int32Array;
}

/** One world of a timed cell. */
export interface TimedWork {
  readonly spec: TimedSpec;
  readonly run: number;
}

/** Real milliseconds. A message for each schedule would cost more than a cheap schedule does. */
const PROGRESS_EVERY = 100;

// The standard output belongs to the results; what a target prints while it runs goes where errors go.
console.log = console.info = console.debug = console.error;

/** Runs a cell. Null when it was told to stop before the first schedule. */
export async function cell({ work, progress, stop }: Job<CellSpec>): Promise<CellReport | null> {
  try {
    const tell = telling(progress);
    const isStopped = () => isRequested(stop);
    return isStopped() ? null : await runCell(await cellOf(work), { onProgress: tell, isStopped });
  } finally {
    progress.close();
  }
}

/** Plays one world of a timed cell. Null when it was told to stop before its end. */
export async function timed({ work, progress, stop }: Job<TimedWork>): Promise<TimedRun | null> {
  try {
    const tell = telling(progress);
    const isStopped = () => isRequested(stop);
    const onProgress = ({ virtualTime }: TimedRun["counts"]) => tell(virtualTime);
    return isStopped() ? null : await playTimed(await timedSettingOf(work.spec), work.run, { onProgress, isStopped });
  } finally {
    progress.close();
  }
}

/** Says at once that it is there, and then passes messages on now and then. */
function telling(progress: MessagePort): (message: unknown) => void {
  progress.postMessage(null);
  let said = performance.now();
  return (message) => {
    const now = performance.now();
    if (now - said < PROGRESS_EVERY) return;
    said = now;
    progress.postMessage(message);
  };
}
