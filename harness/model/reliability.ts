import type { CellResult, Granularity } from "./cell.ts";
import type { InvariantId } from "./invariant.ts";
import type { About } from "./target.ts";

/**
 * What a client is worth under an issuer and a fault: every order of events was tried and breaks nothing; so many orders were tried, and
 * break nothing; one of them breaks an invariant; a fault made impossible for any client what an invariant demands.
 */
export type Outcome = (typeof OUTCOMES)[number];

/** The best first. */
export const OUTCOMES = ["proved", "held", "cannot-be-had", "broken", "error"] as const;

/** Somebody's code, as one tries it: a target with one of its strategies. */
export interface Client {
  readonly target: string;
  readonly strategy: string;
  /** Null where it is nobody else's code. */
  readonly about: About | null;
}

/** What may go wrong, and how often: a column of the matrix. */
export type Circumstance = Pick<CellResult, "faults" | "timeSteps">;

/** One client under one issuer in one circumstance. */
export interface ReliabilityCell extends Circumstance, Pick<CellResult, "target" | "strategy" | "profile"> {
  readonly outcome: Outcome;
  /** Every order of events was tried; of what is impossible to have that says that nothing else is wrong. */
  readonly complete: boolean;
  /** Schedules run, and the distinct states that they passed through. */
  readonly schedules: number;
  readonly states: number;
  /** The shortest counterexample of its kind; null where nothing broke. */
  readonly counterexample: string | null;
  /** Set where the outcome is `error`. */
  readonly error: CellResult["error"];
}

/** A way in which clients break, or a limit of issuers: the shortest trace of all cells that show it. */
export interface ReliabilityCounterexample extends Circumstance, Pick<CellResult, "target" | "strategy" | "profile"> {
  /** For instance `counterexample-12`. */
  readonly id: string;
  readonly invariants: readonly InvariantId[];
  /** Why the first of them is broken, a sentence each. */
  readonly because: readonly string[];
  readonly steps: number;
  readonly replay: string;
}

/** The whole of `holdfast matrix --json`. */
export interface ReliabilityResult {
  readonly version: 1;
  readonly scenario: string;
  readonly isolates: number;
  readonly loads: number;
  readonly crypto: Granularity;
  /** The budget of a cell: a search that needs more is not complete. */
  readonly schedules: number;
  readonly seed: number;
  /** Cells that had not ended when somebody stopped it. */
  readonly notEnded: number;
  readonly clients: readonly Client[];
  readonly profiles: readonly string[];
  readonly circumstances: readonly Circumstance[];
  readonly cells: readonly ReliabilityCell[];
  readonly counterexamples: readonly ReliabilityCounterexample[];
  readonly durationMs: number;
}
