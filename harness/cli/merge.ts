import { explorerNamed } from "../lanes/catalogue.ts";
import { joined } from "../lanes/cell.ts";
import { scenarioOf } from "../library/registry.ts";
import type { CellReport, CellSpec, TraceResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import { assertReportPlace } from "../report/index.ts";
import { readCorpus, record } from "./corpus.ts";
import type { ExitStatus } from "./exit-status.ts";
import { type ReadShard, readShard, type ShardFile } from "./shard-file.ts";
import { type Outputs, reportFolder, tellRun } from "./tell-run.ts";

/** What `holdfast merge` takes: where a run's results go. */
export interface MergeOptions extends Outputs {
  readonly report?: string;
  /** Whether counterexamples are added to the corpus. */
  readonly record?: true;
  /** The folder of recorded traces. */
  readonly corpus?: string;
}

/**
 * `holdfast merge`: makes of the shards of a run what the run itself would have made, and tells it as that would have. It runs nothing.
 *
 * @param places the folder of each shard, or its file
 */
export async function merge(places: readonly string[], options: MergeOptions): Promise<ExitStatus> {
  const shards: ReadShard[] = [];
  for (const place of places) shards.push(await readShard(place));
  const files = assertOneRun(shards);
  const { specs, seed, whole, traces } = files[0] as ShardFile;
  const folder = options.report ?? reportFolder(whole, specs[0]?.lane ?? "simulation");
  await assertReportPlace(folder);
  const stopped = files.map((file) => file.interrupted).find((status) => status !== null) ?? null;
  const reports = [...specs.keys()].map((cell) => reportOf(cell, files)).filter((report) => report !== null);
  const played = tracesOf(files);
  if (stopped === null) assertAllThere(files, reports, played);
  const recordings = options.record ? await record(options.corpus ?? null, reports, await readCorpus(options.corpus ?? null), played) : [];
  const ran = {
    ...{ seed, whole, reports, notStarted: specs.length - reports.length },
    ...{ traces: played, recorded: traces.recorded, recordings },
    servers: [...new Set(files.flatMap(({ server }) => (server === null ? [] : [server])))],
    interrupted: () => stopped,
  };
  return tellRun(ran, folder, options);
}

/** What a cell came to: in the shard that had it whole, or in all of its parts. Null where none of them has begun it. */
function reportOf(cell: number, files: readonly ShardFile[]): CellReport | null {
  for (const { reports } of files) {
    const found = reports.find((one) => one.cell === cell);
    if (found !== undefined) return found.report;
  }
  const parts = files.flatMap((file) => file.parts.filter((one) => one.cell === cell).map(({ part }) => part));
  // A cell begins with its first schedule.
  if (!parts.some(({ from }) => from === 0)) return null;
  const { specs, targets } = files[0] as ShardFile;
  const spec = specs[cell] as CellSpec;
  const target = { name: targets[spec.target] as string };
  return joined({ spec, scenario: scenarioOf(spec), target, explorer: explorerNamed(spec.explore) }, parts);
}

/** The recorded traces that the shards have played, in their order. */
function tracesOf(files: readonly ShardFile[]): readonly TraceResult[] {
  const played = files.flatMap(({ traces }) => traces.played);
  return played.sort((a, b) => a.trace - b.trace).map(({ result }) => result);
}

/** What shards of one run have in common, and how it is spoken of. */
const COMMON: readonly (readonly [what: string, of: (file: ShardFile) => unknown, hint: string])[] = [
  ["run the same code", ({ code }) => code, "run all shards on one commit, with one lockfile and one target"],
  ["be of one run: of as many shards", ({ shard }) => shard.count, "merge the shards of one run"],
  ["have the same seed", ({ seed }) => seed, "give all shards the same --seed"],
  ["have the same cells", ({ specs, whole }) => JSON.stringify([specs, whole]), "give all shards the same arguments, but for --shard"],
  ["treat counterexamples alike", ({ shrink }) => (shrink ? "made small" : "--no-shrink"), "give all shards --no-shrink, or none"],
  [
    "have the same recorded traces",
    ({ traces: { recorded, fitting, digest } }) => JSON.stringify([recorded, fitting, digest]),
    "give all shards the same --corpus",
  ],
];

/**
 * The shards in their order.
 *
 * @throws HoldfastError `BAD_USAGE` where they are not those of one run, each once
 */
function assertOneRun(shards: readonly ReadShard[]): readonly ShardFile[] {
  const [first] = shards as readonly [ReadShard];
  for (const [what, of, hint] of COMMON) {
    const other = shards.find(({ file }) => of(file) !== of(first.file));
    if (other === undefined) continue;
    const [a, b] = [first, other].map((shard) => said(of(shard.file)));
    const got = a === b ? `${first.place} and ${other.place} differ` : `${first.place} has ${a}, ${other.place} has ${b}`;
    throw new HoldfastError("BAD_USAGE", `expected all shards to ${what}, but ${got}`, hint);
  }
  const { count } = first.file.shard;
  const byIndex = Array.from({ length: count }, (_, index) => shards.filter(({ file }) => file.shard.index === index + 1));
  const twice = byIndex.find((same) => same.length > 1);
  if (twice !== undefined) {
    const [{ file, place }, again] = twice as [ReadShard, ReadShard];
    throw new HoldfastError(
      "BAD_USAGE",
      `expected each shard once, got shard ${file.shard.index} of ${count} twice: ${place} and ${again.place}`,
      "leave one of them out",
    );
  }
  const missing = byIndex.flatMap((found, index) => (found.length === 0 ? [index + 1] : []));
  if (missing.length > 0) {
    const which = missing.length === 1 ? `shard ${missing[0]}` : `shards ${missing.join(", ")}`;
    throw new HoldfastError(
      "BAD_USAGE",
      `expected all ${count} shards, but ${which} of ${count} ${missing.length === 1 ? "is" : "are"} missing`,
      HINT,
    );
  }
  return byIndex.map(([found]) => (found as ReadShard).file);
}

const HINT = "give the folders of all of them; a shard that left none has to be run again";

/** A value in few words; what is long is not worth showing. */
function said(value: unknown): string {
  const text = String(value);
  return text.length > 60 ? "others" : text;
}

/** Where nobody stopped a shard, nothing can be missing: else less would be judged than was asked for. */
function assertAllThere(files: readonly ShardFile[], reports: readonly CellReport[], traces: readonly TraceResult[]): void {
  const [
    {
      specs,
      traces: { fitting },
    },
  ] = files as readonly [ShardFile];
  if (reports.length === specs.length && traces.length === fitting && reports.every(({ result }) => !result.interrupted)) return;
  throw new HoldfastError(
    "BAD_USAGE",
    "expected every schedule of every cell and every recorded trace in one of the shards, but some are in none",
    "run the shards again, all with one version of Holdfast",
  );
}
