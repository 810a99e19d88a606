import { hash } from "node:crypto";
import { joined } from "../lanes/cell.ts";
import type { ServerAddress } from "../lanes/postgres/server.ts";
import { codeVersion } from "../library/code-version.ts";
import { cellOf, loadTarget } from "../library/registry.ts";
import type { CellReport, CellSpec, TraceResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Part } from "../model/part.ts";
import { renderShard, writeReport } from "../report/index.ts";
import { type AtWork, atWork } from "./at-work.ts";
import { fitting, playAll, readCorpus, type TraceFile } from "./corpus.ts";
import { type ExitStatus, exitStatus, type Judged, judgedTrace } from "./exit-status.ts";
import type { RunCells } from "./run-cells.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunTerms } from "./run-whole.ts";
import { SHARD_FILE, type ShardFile, shardText } from "./shard-file.ts";
import { type Shard, type Share, shardOf } from "./shards.ts";
import { view } from "./view.ts";

/** Where a shard leaves what it came to when nobody says where. */
export function shardFolder({ index, count }: Shard): string {
  return `reports/shard-${index}-of-${count}`;
}

/** Where all shards are, as a command line has it: who has named one folder has named the others. */
function foldersOf(shard: Shard, folder: string): string {
  return folder === shardFolder(shard) ? `reports/shard-*-of-${shard.count}` : "<their folders>";
}

/** What only all shards together can tell. */
const OF_ALL = ["json", "junit", "record"] as const;

/** @throws HoldfastError `BAD_USAGE` for an option that a shard alone cannot do */
export function assertGoesWithShard(options: RunOptions): void {
  const option = OF_ALL.find((name) => options[name] !== undefined);
  if (option === undefined) return;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected no --${option} beside --shard: a shard has only some of the results`,
    "give it to `holdfast merge`, which has them all",
  );
}

/**
 * Runs one shard of a run, and leaves what it came to for `holdfast merge`.
 *
 * @param folder where that is left
 * @param server where cells of the lane postgres run; null where there are none
 * @returns what can be told of it already
 */
export async function runShard(
  { specs, whole }: RunCells,
  shard: Shard,
  options: Omit<RunTerms, "json" | "junit" | "record">,
  folder: string,
  server: ServerAddress | null,
): Promise<ExitStatus> {
  const { seed, shrink, jobs } = options;
  const names = [...new Set(specs.map(({ target }) => target))];
  // Before anything runs: what is changed meanwhile is not what was run.
  const code = await codeVersion(names);
  const targets = Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await loadTarget(name)).name] as const)));
  const corpus = await readCorpus(options.corpus ?? null);
  const fit = fitting(corpus, specs);
  const digest = hash("sha256", JSON.stringify(fit));

  const share = shardOf(specs, shard);
  const inProgress = [...share.whole.map((cell) => specs[cell] as CellSpec), ...share.parts.map((one) => stretchOf(specs, one).shown)];
  return atWork(inProgress, jobs, async (at) => {
    const played = await playOwn(at, fit, shard);
    const { reports, parts } = await searchShare(at, specs, share, shrink, server);
    at.progress.clear();
    const traces = { recorded: corpus.length, fitting: fit.length, digest, played };
    const interrupted = at.interrupted();
    const file = { code, shard, seed, whole, shrink, specs, targets, reports, parts, traces, server: server?.origin ?? null, interrupted };
    await writeReport(folder, { [SHARD_FILE]: shardText(file) });

    const results = played.map(({ result }) => result);
    const begun = reports.length + parts.length;
    const told = {
      ...{
        shard,
        folder,
        folders: foldersOf(shard, folder),
        reports: reports.map(({ report }) => report),
        parts: await shownParts(specs, parts),
        traces: results,
      },
      ...(interrupted === null ? {} : { notStarted: inProgress.length - begun }),
    };
    process.stdout.write(renderShard(told, view()));
    return at.interrupted() ?? exitStatus(judgedBy(specs, { reports, parts }, results, whole));
  });
}

/** A stretch with its cell, also as progress has it: a cell of so many schedules. */
function stretchOf(specs: readonly CellSpec[], { cell, stretch }: Share["parts"][number]) {
  const spec = specs[cell] as CellSpec;
  return { cell, spec, stretch, shown: { ...spec, schedules: stretch.schedules } };
}

/** Plays this shard's share of the recorded traces. */
async function playOwn({ workers }: AtWork, traces: readonly TraceFile[], { index, count }: Shard) {
  const own = [...traces.entries()].filter(([trace]) => trace % count === index - 1);
  const results = await playAll(
    workers,
    own.map(([, trace]) => trace),
  );
  return own.flatMap(([trace, { file }]) => {
    const result = results.find((one) => one.file === file);
    return result === undefined ? [] : { trace, result };
  });
}

/** What came of the cells and the parts of others that a shard has. */
type Found = Pick<ShardFile, "reports" | "parts">;

async function searchShare(
  { workers, progress }: AtWork,
  specs: readonly CellSpec[],
  share: Share,
  shrink: boolean,
  server: ServerAddress | null,
): Promise<Found> {
  const cells = share.whole.map((cell) => specs[cell] as CellSpec);
  const stretches = share.parts.map((one) => stretchOf(specs, one));
  const follow = {
    running: ({ shown }: (typeof stretches)[number], at: Parameters<typeof progress.running>[1]) => progress.running(shown, at),
    done: ({ shown }: (typeof stretches)[number], { schedules, states }: Part) =>
      progress.done(shown, { result: { schedules, states: states.length } }),
  };
  // Parts are of large cells, so that they begin first.
  const [parts, reports] = await Promise.all([
    workers.searchParts(stretches, follow, shrink),
    workers.search(cells, progress, shrink, server),
  ]);
  return {
    reports: share.whole.flatMap((cell, index) => {
      const report = reports[index] ?? null;
      return report === null ? [] : { cell, report };
    }),
    parts: stretches.flatMap(({ cell }, index) => {
      const part = parts[index] ?? null;
      return part === null ? [] : { cell, part };
    }),
  };
}

/** Parts as if each were all there is of its cell. */
function shownParts(specs: readonly CellSpec[], parts: Found["parts"]) {
  return Promise.all(
    parts.map(async ({ cell, part }) => {
      const spec = specs[cell] as CellSpec;
      const alone = { ...(await cellOf(spec)), spec: { ...spec, schedules: part.schedules } };
      const report: CellReport = joined(alone, [{ ...part, from: 0 }]);
      return { spec, part, report };
    }),
  );
}

/** What can be judged before the other shards are there. */
function judgedBy(specs: readonly CellSpec[], { reports, parts }: Found, traces: readonly TraceResult[], whole: boolean): Judged[] {
  return [
    ...reports.map(({ report }) => report.result),
    ...parts.map(({ cell, part }) => judgedPart(specs[cell] as CellSpec, part)),
    ...traces.map((trace) => judgedTrace(trace, whole)),
  ];
}

/** What a part says of its cell already: nothing where another part may say more. */
function judgedPart({ expect }: CellSpec, { failure, smaller, error }: Part): Judged {
  const failed = error ?? (smaller !== null && "error" in smaller ? smaller.error : null);
  if (failed !== null) return { verdict: "error", expect, error: failed };
  // A limit outweighs that it holds, and a violation a limit.
  const isTold = failure?.verdict === "violated" || (failure?.verdict === "cannot-be-had" && expect === "holds");
  return isTold ? { verdict: failure.verdict, expect, error: null } : { verdict: "holds", expect: null, error: null };
}
