import type { CellResult, Verdict } from "./cell.ts";
import type { InvariantId } from "./invariant.ts";
import type { Estimate } from "./timed.ts";

/** Where a known bug shows, as a cell. */
export type BugPlace = Pick<CellResult, "target" | "scenario" | "profile" | "isolates" | "loads" | "page" | "faults">;

/** A known bug in the catalogue: what was looked for, and what was found. */
export interface CataloguedBug extends BugPlace {
  readonly id: string;
  readonly title: string;
  /** The number of its class in the field notes, from 1; null for what only a story tells. */
  readonly class: number | null;
  /** The properties of the field notes that its class breaks, by letter. */
  readonly breaks: readonly string[];
  /** The story that it is a part of; null where there is none. */
  readonly story: string | null;
  /** The invariant that must find it. */
  readonly invariant: InvariantId;
  /** Whether that one did: a bug that another one finds is missed. */
  readonly found: boolean;
  /** Schedules run, up to and with the first violation. */
  readonly schedules: number;
  /** Steps of the shrunk trace; null where nothing broke. */
  readonly steps: number | null;
  /** Everything that broke in it. */
  readonly broken: readonly InvariantId[];
  /** Why the invariant that must find it is broken, a sentence each; empty where it is not. */
  readonly because: readonly string[];
  /** Plays the shrunk trace; null where nothing broke. */
  readonly replay: string | null;
  readonly error: CellResult["error"];
}

/** A variant that is correct, and must raise no alarm: the fix of a known bug, or a strategy of the reference. */
export interface CorrectVariant extends BugPlace {
  /** The known bug that it mends; null for the reference. */
  readonly fixes: string | null;
  readonly strategy: string;
  readonly schedules: number;
  readonly verdict: Verdict;
  /** The invariants that say it is broken: a false alarm each. */
  readonly broken: readonly InvariantId[];
  /** Plays the first of them; null where there is none. */
  readonly replay: string | null;
  readonly error: CellResult["error"];
}

/** What a part of a story costs before and after, in logouts that nobody wanted for each day on which somebody loads pages. */
export interface CataloguedCost {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly before: CostOf;
  readonly after: CostOf;
  /** The intervals do not touch: it is rarer afterwards. */
  readonly isLess: boolean;
  readonly error: CellResult["error"];
}

/** Lifetime of an access token in milliseconds, and what it costs; null where nobody did anything. */
export interface CostOf {
  readonly accessTokenLifetime: number;
  readonly logoutsPerSessionDay: Estimate | null;
}

/** So many of all. */
export interface Part {
  readonly found: number;
  readonly all: number;
}

/** The whole of `holdfast catalogue --json`. */
export interface CatalogueResult {
  readonly version: 1;
  readonly seed: number;
  /** Somebody stopped it: the rest is what it had come to. */
  readonly interrupted: boolean;
  /** A class counts once, however many bugs there are of it. */
  readonly recall: { readonly classes: Part; readonly bugs: Part };
  /** Of the bugs that were found; null where none was. */
  readonly schedulesToFind: Spread | null;
  readonly steps: Spread | null;
  readonly precision: { readonly schedules: number; readonly variants: number; readonly falseAlarms: number };
  /** What is not as it should be, a sentence each; empty when all is well. */
  readonly shortfalls: readonly string[];
  readonly bugs: readonly CataloguedBug[];
  readonly correct: readonly CorrectVariant[];
  readonly costs: readonly CataloguedCost[];
  readonly durationMs: number;
}

/** The middle one of several numbers, and the largest. */
export interface Spread {
  readonly median: number;
  readonly max: number;
}
