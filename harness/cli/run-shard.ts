import { hash } from "node:crypto";
import { joined } from "../lanes/cell.ts";
import type { ServerAddress } from "../lanes/postgres/server.ts";
import { cellOf, loadTarget } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Part } from "../model/part.ts";
import { renderShard, writeReport } from "../report/index.ts";
import { atWork } from "./at-work.ts";
import { codeVersion } from "./code-version.ts";
import { fitting, playAll, readCorpus, type TraceFile } from "./corpus.ts";
import { type ExitStatus, exitStatus, type Judged, judgedTrace } from "./exit-status.ts";
import type { RunCells } from "./run-cells.ts";
import type { RunOptions } from "./run-options.ts";
import { SHARD_FILE, shardText } from "./shard-file.ts";
import { type Shard, shardOf } from "./shards.ts";
import { view } from "./view.ts";

/** Where a shard leaves what it came to when nobody says where. */
export function shardFolder({ index, count }: Shard): string {
  return `reports/shard-${index}-of-${count}`;
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
    `give it to \`holdfast merge\`, which has them all`,
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
  options: RunOptions,
  folder: string,
  server: ServerAddress | null,
): Promise<ExitStatus> {
  const { seed, shrink } = options;
  const names = [...new Set(specs.map(({ target }) => target))];
  // Before anything runs: nobody shall change it meanwhile.
  const code = await codeVersion(names);
  const targets = Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await loadTarget(name)).name] as const)));
  const corpus = await readCorpus(options.corpus ?? null);
  const traces = fitting(corpus, specs);
  const ownTraces = [...traces.keys()].filter((index) => index % shard.count === shard.index - 1);

  const share = shardOf(specs, shard);
  const cells = share.whole.map((cell) => specs[cell] as CellSpec);
  const stretches = share.parts.map(({ cell, stretch }) => {
    const spec = specs[cell] as CellSpec;
    // As progress has it: a cell of so many schedules.
    return { cell, spec, stretch, shown: { ...spec, schedules: stretch.schedules } };
  });

  return atWork([...cells, ...stretches.map(({ shown }) => shown)], options.jobs, async ({ workers, progress, interrupted }) => {
    const results = await playAll(
      workers,
      ownTraces.map((index) => traces[index] as TraceFile),
    );
    // Parts are of large cells, so that they begin first.
    const [foundParts, found] = await Promise.all([
      workers.searchParts(
        stretches,
        {
          running: ({ shown }, at) => progress.running(shown, at),
          done: ({ shown }, { schedules, states }) => progress.done(shown, { result: { schedules, states: states.length } }),
        },
        shrink,
      ),
      workers.search(cells, progress, shrink, server),
    ]);
    progress.clear();
    const reports = found.flatMap((report, index) => (report === null ? [] : [{ cell: share.whole[index] as number, report }]));
    const parts = stretches.flatMap(({ cell, spec }, index) => {
      const part = foundParts[index] ?? null;
      return part === null ? [] : [{ cell, spec, part }];
    });
    const file = shardText({
      ...{ code, shard, seed, whole, shrink, specs, targets, reports },
      parts: parts.map(({ cell, part }) => ({ cell, part })),
      traces: {
        ...{ recorded: corpus.length, fitting: traces.length, digest: hash("sha256", JSON.stringify(traces)) },
        played: results.map((result) => ({ trace: traces.findIndex(({ file }) => file === result.file), result })),
      },
      server: server?.origin ?? null,
      interrupted: interrupted(),
    });
    await writeReport(folder, { [SHARD_FILE]: file });
    const shown = await Promise.all(parts.map(async ({ spec, part }) => ({ report: await reportOfPart(spec, part), part, spec })));
    const notStarted = cells.length + stretches.length - reports.length - parts.length;
    const told = {
      ...{ shard, folder, reports: reports.map(({ report }) => report), parts: shown, traces: results },
      ...(interrupted() === null ? {} : { notStarted }),
    };
    process.stdout.write(renderShard(told, view()));
    const judged = [
      ...reports.map(({ report }) => report.result),
      ...parts.map(({ spec, part }) => judgedPart(spec, part)),
      ...results.map((result) => judgedTrace(result, whole)),
    ];
    return interrupted() ?? exitStatus(judged);
  });
}

/** A part as if it were all there is of its cell. */
async function reportOfPart(spec: CellSpec, part: Part): Promise<CellReport> {
  return joined({ ...(await cellOf(spec)), spec: { ...spec, schedules: part.schedules } }, [{ ...part, from: 0 }]);
}

/** What a part says of its cell already: nothing where another part may say more. */
function judgedPart({ expect }: CellSpec, { failure, smaller, error }: Part): Judged {
  const failed = error ?? (smaller !== null && "error" in smaller ? smaller.error : null);
  if (failed !== null) return { verdict: "error", expect, error: failed };
  // A limit outweighs that it holds, and a violation a limit.
  const isTold = failure?.verdict === "violated" || (failure?.verdict === "cannot-be-had" && expect === "holds");
  return isTold ? { verdict: failure.verdict, expect, error: null } : { verdict: "holds", expect: null, error: null };
}
