import type { Schedule } from "../model/program.ts";
import type { Choose } from "./explorer.ts";

/** What came of one run of a program that is known to fail in some order. */
export interface Attempt {
  /** What was chosen, one entry a step, up to the failure or the end. */
  readonly schedule: Schedule;
  /** It failed in the way that is looked for. */
  readonly fails: boolean;
}

/** Runs the program from its start. Null when no run is left. */
export type TryOut = (choose: Choose) => Promise<Attempt | null>;
