import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { CellReport, CellSpec, TraceResult } from "../model/cell.ts";
import { checked } from "../model/checked.ts";
import { HoldfastError } from "../model/error.ts";
import { jsonOr } from "../model/json.ts";
import type { Part } from "../model/part.ts";
import type { Interrupted } from "./exit-status.ts";
import type { Shard } from "./shards.ts";

/** Its name in the folder of a shard. */
export const SHARD_FILE = "shard.json";
const VERSION = 1;

/** What a shard leaves for `holdfast merge`: plain data, and all of it, so that nothing has to be run to join it with the others. */
export interface ShardFile {
  readonly version: typeof VERSION;
  /** See `codeVersion`. */
  readonly code: string;
  readonly shard: Shard;
  readonly seed: number;
  /** Whether these were the default cells. */
  readonly whole: boolean;
  /** Whether counterexamples were made small. */
  readonly shrink: boolean;
  /** All cells of the run. */
  readonly specs: readonly CellSpec[];
  /** What targets call themselves, by what the cells call them. */
  readonly targets: Readonly<Record<string, string>>;
  /** Of the cells that this shard had whole and has begun; a cell goes by its place among all. */
  readonly reports: readonly { readonly cell: number; readonly report: CellReport }[];
  /** Of the others of which it had a stretch and has begun it. */
  readonly parts: readonly { readonly cell: number; readonly part: Part }[];
  readonly traces: ShardTraces;
  /** Where cells of the lane postgres ran, in words; null where there were none. */
  readonly server: string | null;
  /** The status to exit with where somebody stopped it. */
  readonly interrupted: Interrupted | null;
}

/** The recorded traces of a run, and what came of those that a shard has played. */
export interface ShardTraces {
  readonly recorded: number;
  /** How many fit the cells. */
  readonly fitting: number;
  /** Tells these from others. */
  readonly digest: string;
  /** By their place among those that fit. */
  readonly played: readonly { readonly trace: number; readonly result: TraceResult }[];
}

const HINT = "give the folders that `holdfast run --shard` has written";

const count = z.int("a whole number").nonnegative("a whole number");
const text = z.string("a text");
const flag = z.boolean("true or false");
const failure = z.looseObject({
  verdict: text,
  violations: z.array(z.object({ invariant: text, because: z.array(text), replay: text })).min(1),
});

/** What tells that a file is one; what it says of runs was written by the same version, and is taken as it is. */
const schema = z.object(
  {
    version: z.literal(VERSION),
    code: text,
    shard: z.object({ index: count, count }, "which shard it is"),
    seed: count,
    whole: flag,
    shrink: flag,
    specs: z.array(z.looseObject({ scenario: text, target: text, profile: text, explore: text, schedules: count }), "a list of cells"),
    targets: z.record(z.string(), text, "names of targets"),
    reports: z.array(z.object({ cell: count, report: z.looseObject({ result: z.looseObject({ verdict: text, schedules: count }) }) })),
    parts: z.array(
      z.object({
        cell: count,
        part: z.looseObject({
          ...{ from: count, schedules: count, traceHash: z.string().regex(/^[0-9a-f]{64}$/, "a hash") },
          ...{ states: z.array(text), found: z.array(count), reached: z.array(text), interrupted: flag },
          failure: failure.nullable(),
        }),
      }),
    ),
    traces: z.object({
      ...{ recorded: count, fitting: count, digest: text },
      played: z.array(z.object({ trace: count, result: z.looseObject({ file: text, verdict: text }) })),
    }),
    server: text.nullable(),
    interrupted: z.union([z.literal(130), z.literal(143)]).nullable(),
  },
  "what `holdfast run --shard` writes",
);

/** The text of its file. */
export function shardText(file: Omit<ShardFile, "version">): string {
  return `${JSON.stringify({ version: VERSION, ...file })}\n`;
}

/** A shard's file and where it is, for errors. */
export interface ReadShard {
  readonly place: string;
  readonly file: ShardFile;
}

/**
 * Reads what a shard has left.
 *
 * @param place its folder, or the file itself
 * @throws HoldfastError `BAD_USAGE` for what is no shard's file, or one of another version
 */
export async function readShard(place: string): Promise<ReadShard> {
  const path = (await isFolder(place)) ? join(place, SHARD_FILE) : place;
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new HoldfastError("BAD_USAGE", `expected to read the file of a shard, but ${error.message}`, HINT, { cause: error });
  });
  const value = jsonOr(text, null);
  const version = (value as { version?: unknown } | null)?.version;
  const isShard = typeof version === "number" && typeof (value as { shard?: unknown }).shard === "object";
  if (isShard && version !== VERSION) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected the file of a shard of version ${VERSION} in ${path}, got version ${version}`,
      "run and merge the shards with one version of Holdfast",
    );
  }
  checked(schema, value, { code: "BAD_USAGE", what: path, hint: HINT });
  return { place: path, file: value as ShardFile };
}

async function isFolder(place: string): Promise<boolean> {
  return (await stat(place).catch(() => null))?.isDirectory() ?? false;
}
