import { z } from "zod";
import { trimmed } from "../explore/replay.ts";
import { INVARIANTS } from "../invariants/index.ts";
import type { CellReport, CellSpec, Verdict } from "../model/cell.ts";
import type { Departure } from "../model/departure.ts";
import { HoldfastError } from "../model/error.ts";
import type { InvariantId } from "../model/invariant.ts";
import { jsonOr } from "../model/json.ts";
import { slug } from "../model/slug.ts";
import { type Replayed, replayCell } from "./cell.ts";
import { departureOf, stepChecks } from "./departure.ts";
import { decodeReplay, encodeReplay } from "./replay-string.ts";
import type { Setting } from "./simulation.ts";

const INVARIANT_IDS = Object.values(INVARIANTS).map(({ id }) => id);

const shape = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "expected letters, digits and hyphens"),
  why: z.string().min(1),
  replay: z.string(),
  verdict: z.enum(["holds", "violated", "cannot-be-had"]),
  invariant: z.enum(INVARIANT_IDS).nullable(),
  because: z.array(z.string()),
});

/** A recorded run that is worth playing again: one file of the corpus. */
export interface RecordedTrace {
  /** The name of its file. */
  readonly name: string;
  /** What it is kept for, in a sentence. */
  readonly why: string;
  readonly replay: string;
  /** What it is expected to come to: `holds` where a bug was mended. */
  readonly verdict: "holds" | "violated" | "cannot-be-had";
  /** The invariant that it breaks; null where it breaks none. */
  readonly invariant: InvariantId | null;
  /** Why, when it was recorded. */
  readonly because: readonly string[];
}

/** What came of playing one again. */
export interface TraceOutcome {
  readonly verdict: Verdict;
  readonly invariants: readonly InvariantId[];
  readonly departure: Departure | null;
  readonly error: CellReport["result"]["error"];
}

/** @throws {HoldfastError} `BAD_REPLAY` that names the file and says what is wrong with it */
export function parseTrace(text: string, file: string): RecordedTrace {
  const parsed = shape.safeParse(jsonOr(text, null));
  if (parsed.success) {
    try {
      decodeReplay(parsed.data.replay);
      return parsed.data;
    } catch (error) {
      if (error instanceof HoldfastError) throw noTrace(file, error.message);
      throw error;
    }
  }
  throw noTrace(file, z.prettifyError(parsed.error).split("\n").join(" "));
}

function noTrace(file: string, what: string): HoldfastError {
  return new HoldfastError("BAD_REPLAY", `expected a recorded trace in ${file}, but ${what}`, "record it anew, or remove the file");
}

/** The text of its file: keys in one order, so that a change shows as what it is. */
export function traceText({ name, why, replay, verdict, invariant, because }: RecordedTrace): string {
  return `${JSON.stringify({ name, why, replay, verdict, invariant, because }, null, 2)}\n`;
}

/**
 * A counterexample as a trace to keep; null where a report has none.
 *
 * @param why what it is kept for
 */
export function traceOf({ result }: CellReport, why: string): RecordedTrace | null {
  const { verdict, violations } = result;
  const [violation] = violations;
  if (violation === undefined || (verdict !== "violated" && verdict !== "cannot-be-had")) return null;
  const { invariant, because, replay } = violation;
  const { spec } = decodeReplay(replay);
  return { name: slug(`${nameOfCell(spec)} ${invariant}`), why, replay, verdict, invariant, because };
}

function nameOfCell({ scenario, target, strategy, profile, faults }: CellSpec): string {
  const module = target.replace(/^.*[/\\]/, "").replace(/\.\w+$/, "");
  return [scenario, module, strategy, profile, ...Object.keys(faults)].join(" ");
}

/** Two traces with one signature tell of one thing: the same cell, the same invariant, and a *because* of the same shape. */
export function signatureOf({ replay, verdict, invariant, because }: RecordedTrace): string {
  const { explore: _explore, schedules: _schedules, seed: _seed, ...cell } = decodeReplay(replay).spec;
  const sentences = because.map((sentence) => sentence.replace(/^step \d+ · /, "").replace(/\/load-\d+/g, "/load"));
  return JSON.stringify([cell, verdict, invariant, sentences]);
}

/** Plays a recorded trace again. */
export async function playTrace(setting: Setting, { replay }: Pick<RecordedTrace, "replay">): Promise<TraceOutcome> {
  const recorded = decodeReplay(replay);
  const replayed = await replayCell(setting, recorded.schedule);
  const { verdict, violations, error } = replayed.report.result;
  return { verdict, invariants: violations.map(({ invariant }) => invariant), departure: departureOf(recorded, replayed), error };
}

/** The same trace as it is now: what it comes to, and the steps that lead there. Null when the run did not come to its end. */
export function recordedAnew(trace: RecordedTrace, { report, schedule, lines, traceHash }: Replayed): RecordedTrace | null {
  const { verdict, violations } = report.result;
  if (traceHash === null || verdict === "error") return null;
  const { spec } = decodeReplay(trace.replay);
  const broken = violations.find(({ invariant }) => invariant === trace.invariant) ?? violations[0];
  return {
    name: trace.name,
    why: trace.why,
    replay: encodeReplay({ spec, schedule: trimmed(schedule), traceHash, checks: stepChecks(lines) }),
    verdict,
    invariant: broken?.invariant ?? null,
    because: broken?.because ?? [],
  };
}
