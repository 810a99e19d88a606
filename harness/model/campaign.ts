/** A campaign: cells that many workers search together. */
export interface Campaign {
  readonly id: number;
  readonly name: string;
  /** The version of the code that may search it. */
  readonly code: string;
  readonly seed: number;
  /** How long a job should take. */
  readonly seconds: number;
  /** Exactly so many schedules a job instead; null for what fits the time. */
  readonly schedulesPerJob: number | null;
  readonly isStopped: boolean;
}

/** The code that may search a campaign. */
export interface CampaignCode {
  /** Which campaign that is, as a person knows it. */
  readonly campaign: string;
  readonly version: string;
  /** Those of its cells, by name or path: their code is part of the version. */
  readonly targets: readonly string[];
}

/** How far a campaign is. */
export interface CampaignStatus {
  readonly campaign: Campaign;
  readonly cells: number;
  readonly jobs: { readonly open: number; readonly done: number; readonly aside: number };
  readonly schedules: number;
  /** Over the last minute. */
  readonly schedulesPerSecond: number;
  readonly jobsPerMinute: number;
  /** Distinct, each counted in its cell. */
  readonly states: number;
  readonly workers: number;
  readonly machines: number;
  /** Counterexamples that tell different stories: of broken clients, and of limits of issuers. */
  readonly violations: number;
  readonly limits: number;
  /** By the jobs of the last minute; null while nobody can tell. */
  readonly secondsLeft: number | null;
  /** Of the time of workers, what goes into the queue; null before the first job. */
  readonly queueShare: number | null;
  /** Milliseconds of a job, in the middle of those that were done. */
  readonly medianJob: number | null;
  readonly aside: readonly { readonly id: string; readonly deaths: number; readonly why: string }[];
}
