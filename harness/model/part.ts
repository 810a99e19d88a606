import type { CellResult, Shrinking } from "./cell.ts";
import type { TraceEntry } from "./trace.ts";

/** Some of a cell's schedules, which are numbered from 0: as many as `schedules` says, the first of which is number `from`. */
export interface Stretch {
  readonly from: number;
  readonly schedules: number;
}

/** A run that went wrong, as people are shown it. */
export interface Failure {
  readonly verdict: "violated" | "cannot-be-had";
  readonly violations: CellResult["violations"];
  readonly counterexample: readonly TraceEntry[];
  /** Null where nobody made it small. */
  readonly shrunk: Shrinking | null;
}

/** What came of making a failure small: the failure as it is then, or the error that it ended in. */
export type Smaller = { readonly failure: Failure } | { readonly error: NonNullable<CellResult["error"]> };

/**
 * What a stretch of a cell's schedules came to: plain data, which crosses threads, files and databases, and which makes the same of
 * parts as one search makes of the whole.
 */
export interface Part {
  readonly from: number;
  /** Schedules run: up to and with the first violation, or up to where somebody stopped it. */
  readonly schedules: number;
  /** Steps of the shortest schedule, of the longest, and of all together. */
  readonly steps: { readonly min: number; readonly max: number; readonly sum: number };
  /** See {@link CellResult.traceHash}: the sum over these schedules alone. */
  readonly traceHash: string;
  /** What the scenario must reach, as far as these schedules did. */
  readonly reached: readonly string[];
  /** Keys of states, in the order in which they were first passed through. */
  readonly states: readonly string[];
  /** How many of the states each schedule was the first to pass through. */
  readonly found: readonly number[];
  /** The first violation, which ends the search; else the first limit of the issuer. */
  readonly failure: Failure | null;
  /** The failure made small, which counts where it is the whole cell's, too; null where nobody has made it so. */
  readonly smaller: Smaller | null;
  readonly error: CellResult["error"];
  readonly interrupted: boolean;
  readonly durationMs: number;
}
