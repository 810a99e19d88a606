import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseTrace, type RecordedTrace, signatureOf, type TraceOutcome, traceOf, traceText } from "../lanes/corpus.ts";
import { decodeReplay } from "../lanes/replay-string.ts";
import { isWithin } from "../lanes/smaller-cells.ts";
import type { CellReport, CellSpec, TraceResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import { writeOutput } from "./output.ts";
import type { Workers } from "./pool.ts";

/** Where recorded traces are looked for when nobody says where. */
const CORPUS = "fixtures/traces";

/** A trace and where it stands. */
export interface TraceFile {
  readonly file: string;
  readonly trace: RecordedTrace;
}

/** A trace that was played again. */
export interface PlayedTrace extends TraceFile {
  readonly outcome: TraceOutcome;
}

/** What became of a counterexample that was to be recorded. */
export interface Recording {
  readonly file: string;
  readonly what: "added" | "recorded anew" | "already there";
}

/**
 * The traces of a folder, by name.
 *
 * @param folder null for the usual one, which need not exist
 * @throws {HoldfastError} `BAD_USAGE` for a folder that cannot be read, `BAD_REPLAY` for a file in it that is no trace
 */
export async function readCorpus(folder: string | null): Promise<readonly TraceFile[]> {
  if (folder === null && !existsSync(CORPUS)) return [];
  const place = folder ?? CORPUS;
  const names = await readdir(place).catch((error: Error) => {
    throw new HoldfastError("BAD_USAGE", `expected a folder of recorded traces, but ${error.message}`, "name another one with --corpus", {
      cause: error,
    });
  });
  const files = names.filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    files.map(async (name) => {
      const file = join(place, name);
      return { file, trace: parseTrace(await readFile(file, "utf8"), file) };
    }),
  );
}

/** The traces of cells that are no larger than one of these, in any of which the search could have found them. */
export function fitting(corpus: readonly TraceFile[], specs: readonly CellSpec[]): readonly TraceFile[] {
  return corpus.filter(({ trace }) => {
    const { spec } = decodeReplay(trace.replay);
    return specs.some((cell) => isWithin(spec, cell));
  });
}

/**
 * Keeps the counterexamples of these reports. One that tells of the same thing as a trace that is there is left out, unless that one is
 * no longer what was recorded: then it takes its place.
 */
export async function record(
  folder: string | null,
  reports: readonly CellReport[],
  corpus: readonly TraceFile[],
  played: readonly Pick<TraceResult, "file" | "departure">[],
): Promise<readonly Recording[]> {
  const found = reports.map((report) => traceOf(report, `found by holdfast run --explore ${report.result.explore}`));
  const stale = played.filter(({ departure }) => departure !== null).map(({ file }) => file);
  return recordTraces(
    folder,
    found.filter((trace) => trace !== null),
    corpus,
    stale,
  );
}

/** The same for counterexamples that are traces already. */
export async function recordTraces(
  folder: string | null,
  traces: readonly RecordedTrace[],
  corpus: readonly TraceFile[],
  departed: readonly string[] = [],
): Promise<readonly Recording[]> {
  const place = folder ?? CORPUS;
  const known = new Map(corpus.map(({ file, trace }) => [signatureOf(trace), { file, trace }]));
  const stale = new Set(departed);
  const taken = new Set(corpus.map(({ file }) => basename(file, ".json")));
  const recordings: Recording[] = [];
  for (const found of traces) {
    const before = known.get(signatureOf(found));
    if (before !== undefined && !stale.has(before.file)) {
      recordings.push({ file: before.file, what: "already there" });
      continue;
    }
    const name = before?.trace.name ?? free(found.name, taken);
    const file = before?.file ?? join(place, `${name}.json`);
    const trace = { ...found, name, why: before?.trace.why ?? found.why };
    await writeOutput(file, traceText(trace));
    taken.add(name);
    stale.delete(file);
    known.set(signatureOf(trace), { file, trace });
    recordings.push({ file, what: before === undefined ? "added" : "recorded anew" });
  }
  return recordings;
}

/** The same name with a number behind it where it is taken by another trace. */
function free(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free;
}

/**
 * Plays traces, and says what they came to beside what they were recorded with. When somebody asks to stop, the rest is left out.
 *
 * @param traces in the order in which they are told of
 */
export async function playAll(workers: Pick<Workers, "play">, traces: readonly TraceFile[]): Promise<readonly TraceResult[]> {
  const played = await Promise.all(traces.map(async ({ file, trace }) => ({ file, trace, outcome: await workers.play(trace.replay) })));
  return played.flatMap(({ file, trace, outcome }) => (outcome === null ? [] : resultOf({ file, trace, outcome })));
}

/** What a trace came to, beside what it was recorded with. */
export function resultOf({ file, trace, outcome }: PlayedTrace): TraceResult {
  const { verdict, invariants, departure, error } = outcome;
  const sameInvariant = trace.invariant === null || invariants.includes(trace.invariant);
  return { file, expect: trace.verdict, verdict, asRecorded: verdict === trace.verdict && sameInvariant, departure, error };
}
