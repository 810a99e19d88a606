import type { ServerAddress } from "../lanes/postgres/server.ts";
import { atWork } from "./at-work.ts";
import { fitting, playAll, readCorpus, record } from "./corpus.ts";
import type { ExitStatus } from "./exit-status.ts";
import type { RunCells } from "./run-cells.ts";
import type { RunOptions } from "./run-options.ts";
import { tellRun } from "./tell-run.ts";

/** What of the options says how cells are run, and what becomes of the results. */
export type RunTerms = Pick<RunOptions, "seed" | "jobs" | "shrink" | "corpus" | "record" | "json" | "junit">;

/**
 * Runs all cells, and tells what they came to.
 *
 * @param folder of the report
 * @param server where cells of the lane postgres run; null where there are none
 */
export async function runWhole(
  { specs, whole }: RunCells,
  options: RunTerms,
  folder: string,
  server: ServerAddress | null,
): Promise<ExitStatus> {
  const { seed, shrink } = options;
  const corpus = await readCorpus(options.corpus ?? null);
  return atWork(specs, options.jobs, async ({ workers, progress, interrupted }) => {
    const traces = await playAll(workers, fitting(corpus, specs));
    const reports = (await workers.search(specs, progress, shrink, server)).filter((report) => report !== null);
    progress.clear();
    const recordings = options.record ? await record(options.corpus ?? null, reports, corpus, traces) : [];
    const ran = {
      ...{ seed, whole, reports, notStarted: specs.length - reports.length },
      ...{ traces, recorded: corpus.length, recordings, servers: server === null ? [] : [server.origin], interrupted },
    };
    return tellRun(ran, folder, options);
  });
}
