import type { ErrorCode } from "./error.ts";
import type { InvariantId } from "./invariant.ts";
import type { TraceEntry } from "./trace.ts";

export type Verdict = "holds" | "violated" | "cannot-be-had" | "error";

/** Where a cell runs: in the simulation, or against a real Postgres whose statements are ordered. */
export type Lane = "simulation" | "postgres";

export type Granularity = "inline" | "interleaved";

/** One cell of the matrix, by name, as plain data: it crosses threads and stands inside a replay string. */
export interface CellSpec {
  readonly scenario: string;
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

/** The result of one cell: the JSON contract of `holdfast run --json`. */
export interface CellResult {
  readonly scenario: string;
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
  /** `crypto=inline` or `crypto=interleaved`. */
  readonly granularity: string;
  readonly expect: Verdict | null;
  readonly verdict: Verdict;
  readonly completeness: "complete" | "bounded";
  /** What bounded the search, for instance `500 schedules`. */
  readonly bound: string;
  /** Schedules run, up to and with the first violation. */
  readonly schedules: number;
  /** Distinct states that those schedules passed through. */
  readonly states: number;
  /** Ways from one state to the next that were taken; null where the explorer does not count them. */
  readonly transitions: number | null;
  /** How many schedules a complete search stands for, in decimal; null otherwise. */
  readonly interleavings: string | null;
  readonly steps: { readonly min: number; readonly mean: number; readonly max: number };
  /** SHA-256 over the ordered trace hashes of the schedules run. */
  readonly traceHash: string;
  readonly violations: readonly { readonly invariant: InvariantId; readonly because: readonly string[]; readonly replay: string }[];
  /** Set when the verdict is `error`. */
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string } | null;
  readonly durationMs: number;
}

/** A cell's result with the trace of its first counterexample, for people to look at. */
export interface CellReport {
  readonly result: CellResult;
  readonly counterexample: readonly TraceEntry[] | null;
}

/** The whole of `holdfast run --json`. */
export interface RunResult {
  readonly version: 1;
  readonly seed: number;
  readonly cells: readonly CellResult[];
}
