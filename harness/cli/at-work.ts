import type { CellSpec } from "../model/cell.ts";
import type { Interrupted } from "./exit-status.ts";
import { Workers } from "./pool.ts";
import { Progress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { Stop } from "./stop.ts";

/** What a command has at hand while cells are searched. */
export interface AtWork {
  readonly workers: Workers;
  readonly progress: Progress;
  /** The status to exit with where somebody has asked to stop by now. */
  readonly interrupted: () => Interrupted | null;
}

/**
 * Has worker threads and a line of progress while something is done with them, and ends both after it. Whoever asks for the end with a
 * signal gets it.
 *
 * @param specs what the progress is of
 * @param jobs how many threads
 */
export async function atWork<R>(specs: readonly CellSpec[], jobs: number, work: (atWork: AtWork) => Promise<R>): Promise<R> {
  const stop = new Stop();
  const workers = new Workers(jobs, stop);
  const progress = new Progress(specs, process.stderr);
  const interrupted = stopOnSignals(stop, (words) => progress.interject(words));
  try {
    return await work({ workers, progress, interrupted });
  } finally {
    progress.clear();
    await workers.close();
  }
}
