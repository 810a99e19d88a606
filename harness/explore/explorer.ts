import type { Program, Schedule } from "../model/program.ts";

/** Picks the next choice of a run: an index into `program.enabled()`, which is not empty. Null cuts the run off here. */
export type Choose = (program: Program) => number | null;

/** What an explorer learns from one run. */
export interface RunSummary {
  /** What was chosen, one entry a step. */
  readonly schedule: Schedule;
  /** True when an invariant was broken: the search has found what it looks for. */
  readonly violated: boolean;
  /** States that no run before has passed through; 0 for an explorer that looks at states itself. */
  readonly newStates: number;
}

/** A search as its explorer sees it: it can run the program from the start as often as the budget allows. */
export interface Search {
  /** How many runs it may make. A count, never a time, so that a seed means the same everywhere. */
  readonly schedules: number;
  /** The number of the first of them, where an explorer {@link Explorer.divides}: 0 unless given. */
  readonly from?: number;
  readonly seed: number;
  /** One run, from the start to its end, to the first violation, or to where it is cut off. */
  run(choose: Choose): Promise<RunSummary>;
  /** A run that is none of the search's schedules and tells it something about them: given with {@link from}. */
  rehearse?(choose: Choose): Promise<RunSummary>;
  /**
   * Told by an explorer that looks at states itself.
   *
   * @param states told apart so far
   * @param branches choices seen and not yet taken
   */
  onStates?(states: number, branches: number): void;
}

/** How much of all that can happen a search has seen. */
export interface Coverage {
  /** Every order of events has been tried, or is equal to one that has. */
  readonly complete: boolean;
  /** States told apart. */
  readonly states: number;
  /** Ways from one state to the next. */
  readonly transitions: number;
  /** Steps of the longest run. */
  readonly depth: number;
  /** How many schedules these states stand for, in full; null while the search is not complete. */
  readonly interleavings: bigint | null;
}

/** A way to search schedules. It ends at the first violation or when its budget is spent. */
export interface Explorer {
  readonly name: string;
  /** One line for `holdfast list`. */
  readonly describe: string;
  /** It looks at the state before each choice itself, so that nobody else need do so. */
  readonly readsStates?: true;
  /** What a schedule chooses follows from its number and the seed, so that any stretch of them can be searched apart. */
  readonly divides?: true;
  /** @returns null where an explorer does not know what it has covered */
  search(search: Search): Promise<Coverage | null>;
}
