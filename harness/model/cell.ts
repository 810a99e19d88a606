import type { Departure } from "./departure.ts";
import type { ErrorCode } from "./error.ts";
import type { InvariantId } from "./invariant.ts";
import type { Story } from "./story.ts";
import type { TraceEntry } from "./trace.ts";

export type Verdict = "holds" | "violated" | "cannot-be-had" | "error";

/**
 * How WebCrypto results reach an isolate: within the step that asked for them; each in a step of its own, in the order in which that
 * isolate asked for them; each in a step of its own, in any order.
 */
export type Granularity = (typeof GRANULARITIES)[number];

/** The coarsest first. */
export const GRANULARITIES = ["inline", "ordered", "interleaved"] as const;

/** Where a cell of `holdfast run` runs: in the simulation, or against a real Postgres whose statements are ordered. */
export type Lane = (typeof LANES)[number];

export const LANES = ["simulation", "postgres"] as const;

/** One cell of the matrix, by name, as plain data: it crosses threads and stands inside a replay string. */
export interface CellSpec {
  readonly scenario: string;
  /** What the scenario `story` plays; no other has one. */
  readonly story?: Story | undefined;
  readonly target: string;
  readonly profile: string;
  readonly strategy: string;
  readonly isolates: number;
  readonly loads: number;
  readonly page: "request" | "document";
  /** Fault budgets, for instance `{ "issuer-503": 1 }`. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often time may move while messages are in flight. */
  readonly timeSteps: number;
  readonly crypto: Granularity;
  readonly lane: Lane;
  readonly explore: string;
  /** Budget: how many schedules the explorer may run. */
  readonly schedules: number;
  readonly seed: number;
  /** What a default cell is expected to show; null when nobody said. */
  readonly expect: Verdict | null;
}

/** A statement at which a fault has struck. */
export interface CrashPoint {
  /** The request that it is part of, for instance `ada/callback-1`. */
  readonly request: string;
  /** Which statement of the request it is: 1, 2, … */
  readonly ordinal: number;
  /** In a few words, for instance `insert into events`. */
  readonly statement: string;
  readonly fault: string;
}

/** How much there is to a failing run: its cell, and how many choices somebody had to make. */
export interface Extent {
  readonly loads: number;
  readonly isolates: number;
  readonly page: "request" | "document";
  /** As in {@link CellResult.faults}. */
  readonly faults: string;
  readonly timeSteps: number;
  readonly granularity: string;
  /** Choices beyond FIFO. */
  readonly choices: number;
  readonly steps: number;
}

/** Which invariants a live run could judge by what it saw from outside. Only those that were observed can be said to hold. */
export interface Observations {
  readonly observed: readonly InvariantId[];
  readonly notObserved: readonly { readonly invariant: InvariantId; readonly why: string }[];
}

/** What a counterexample was shrunk from and to. */
export interface Shrinking {
  readonly from: Extent;
  readonly to: Extent;
  /** Runs that it took; those of the search are not among them. */
  readonly runs: number;
}

/** The result of one cell: the JSON contract of `holdfast run --json`. */
export interface CellResult {
  readonly scenario: string;
  /** As in {@link CellSpec.story}. */
  readonly story?: Story;
  readonly target: string;
  readonly profile: string;
  readonly strategy: string;
  readonly isolates: number;
  readonly loads: number;
  readonly page: "request" | "document";
  /** The budgets as on the command line, for instance `issuer-503:1`; empty when there are none. */
  readonly faults: string;
  readonly timeSteps: number;
  readonly lane: string;
  readonly explore: string;
  /** `crypto=inline`, `crypto=ordered` or `crypto=interleaved`. */
  readonly granularity: string;
  readonly expect: Verdict | null;
  readonly verdict: Verdict;
  readonly completeness: "complete" | "bounded";
  /** What bounded the search, for instance `500 schedules`. */
  readonly bound: string;
  /** Somebody stopped the run before this search had ended: the rest is what it had come to. */
  readonly interrupted: boolean;
  /** Schedules run, up to and with the first violation. */
  readonly schedules: number;
  /** Distinct states that those schedules passed through. */
  readonly states: number;
  /** States passed through after some schedules, each time about twice as many as before, and at the end: a search that still finds new ones would find more. */
  readonly growth: readonly (readonly [schedules: number, states: number])[];
  /** Ways from one state to the next that were taken; null where the explorer does not count them. */
  readonly transitions: number | null;
  /** How many schedules a complete search stands for, in decimal; null otherwise. */
  readonly interleavings: string | null;
  readonly steps: { readonly min: number; readonly mean: number; readonly max: number };
  /** The sum modulo 2^256, in hexadecimal, of a SHA-256 for each schedule over its number and its trace hash, but for those that were cut off. */
  readonly traceHash: string;
  readonly violations: readonly { readonly invariant: InvariantId; readonly because: readonly string[]; readonly replay: string }[];
  /** How the counterexample that the violations tell of was made small; null where it was not. */
  readonly shrunk: Shrinking | null;
  /** Set when the verdict is `error`. */
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string } | null;
  /** Where faults of statements have struck; only a lane that has statements says so. */
  readonly crashPoints?: readonly CrashPoint[];
  /** Only the live lane says so: elsewhere everything is seen. */
  readonly observations?: Observations;
  readonly durationMs: number;
}

/** A cell's result with the trace of its first counterexample, for people to look at. */
export interface CellReport {
  readonly result: CellResult;
  readonly counterexample: readonly TraceEntry[] | null;
}

/** What came of playing a recorded trace again. */
export interface TraceResult {
  readonly file: string;
  /** What it was recorded with. */
  readonly expect: Verdict;
  readonly verdict: Verdict;
  /** It came to what was recorded, and broke the same invariant. */
  readonly asRecorded: boolean;
  /** Where it went another way, if it did. */
  readonly departure: Departure | null;
  readonly error: CellResult["error"];
}

/** The whole of `holdfast run --json`. */
export interface RunResult {
  readonly version: 1;
  readonly seed: number;
  /** Cells that were not begun when somebody stopped the run; left out where nobody did. */
  readonly notStarted?: number;
  readonly cells: readonly CellResult[];
  /** The recorded traces that were played first; left out where nobody looked for any. */
  readonly traces?: readonly TraceResult[];
  /** Items of the plan that were left out, with the reason; only `holdfast verify` has a plan. */
  readonly skipped?: readonly { readonly item: string; readonly why: string }[];
}
