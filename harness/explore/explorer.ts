import type { Program, Schedule } from "../model/program.ts";

/** Picks the next choice of a run: an index into `program.enabled()`, which is not empty. */
export type Choose = (program: Program) => number;

/** What an explorer learns from one run. */
export interface RunSummary {
  /** What was chosen, one entry a step. */
  readonly schedule: Schedule;
  /** True when an invariant was broken: the search has found what it looks for. */
  readonly violated: boolean;
}

/** A search as its explorer sees it: it can run the program from the start as often as the budget allows. */
export interface Search {
  /** How many runs it may make. A count, never a time, so that a seed means the same everywhere. */
  readonly schedules: number;
  readonly seed: number;
  /** One run, from the start to its end or to the first violation. */
  run(choose: Choose): Promise<RunSummary>;
}

/** A way to search schedules. It ends at the first violation or when its budget is spent. */
export interface Explorer {
  readonly name: string;
  /** One line for `holdfast list`. */
  readonly describe: string;
  search(search: Search): Promise<void>;
}
