import type { Granularity, Lane } from "../model/cell.ts";
import type { Shard } from "./shards.ts";

/** What `holdfast run` takes; the cell options are undefined where they were not given. */
export interface RunOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly strategy?: string;
  readonly isolates?: number;
  readonly loads?: number;
  readonly page?: "request" | "document";
  readonly faults?: string;
  readonly timeSteps?: number;
  readonly crypto?: Granularity;
  readonly explore?: string;
  readonly schedules?: number;
  readonly lane?: Lane;
  /** The one piece of the run that this is. */
  readonly shard?: Shard;
  readonly seed: number;
  readonly jobs: number;
  readonly json?: string;
  /** Where JUnit XML goes; `-` is the standard output. */
  readonly junit?: string;
  readonly report?: string;
  /** Whether counterexamples are made small. */
  readonly shrink: boolean;
  /** Whether counterexamples are added to the corpus. */
  readonly record?: true;
  /** The folder of recorded traces. */
  readonly corpus?: string;
}
