/**
 * What both sides of every weight play: eight page loads with the same cookie, its access token just expired, one isolate
 * with a single flight, and a strict issuer that answers reuse with an error and nothing more.
 */
export const LOADS = 8;
/** 2026-01-01T00:05:01Z: one second after the access token's end. Nothing in the bench moves time. */
export const NOW = 1_767_225_901_000;
/** When the loads' access token ended, seconds since the epoch. */
export const EXPIRED = NOW / 1000 - 1;
/** When a fresh access token ends, seconds since the epoch: five minutes later. */
export const FRESH = NOW / 1000 + 300;
/** The refresh token that every load carries. Long enough for Holdfast's names to take it for a secret. */
export const FIRST_REFRESH_TOKEN = "rt_generation_0_0123456789abcdef";
export const SECOND_REFRESH_TOKEN = "rt_generation_1_0123456789abcdef";

export const WEIGHTS = ["plain functions", "with web objects", "with RS256 tokens"] as const;
export type Weight = (typeof WEIGHTS)[number];
/**
 * Who plays a weight. Plain `fast-check` waits, where there is crypto, until the thread pool is done before it chooses again:
 * only then does it explore the choices that Holdfast explores. `fast-check, waitFor alone` does not.
 */
export type Side = "holdfast" | "fast-check" | "fast-check, waitFor alone";

/** What one run came to, as its own actors saw it. */
export interface Outcome {
  /** The status that each load was answered with: 200 signed in, 302 sent to the sign-in. */
  readonly answers: readonly number[];
  /** How often the issuer exchanged the refresh token, and how often it refused. */
  readonly redemptions: { readonly accepted: number; readonly refused: number };
}

/** What a batch of runs adds up to. */
export interface Tally {
  schedules: number;
  /** Scheduled operations: arrivals of requests and responses. */
  operations: number;
  redemptions: number;
  /** Schedules in which a load was signed out although nobody ended its session: the bug, which both sides find. */
  violated: number;
  /** How many operations there were to choose from, summed over all steps; 0 where nobody counted. */
  choices: number;
}

/** Runs a number of schedules; the seed says which. `counted` also counts the choices, which takes time. */
export type Batch = (schedules: number, seed: number, counted: boolean) => Promise<Tally>;

export function emptyTally(): Tally {
  return { schedules: 0, operations: 0, redemptions: 0, violated: 0, choices: 0 };
}

/**
 * The check at the end of every run, the same on both sides, and its entry in the tally.
 *
 * @throws Error when a run did other work than the scenario asks for.
 */
export function judge(tally: Tally, outcome: Outcome | null, operations: number): void {
  if (outcome === null) throw new Error("the bench's scenario did not end");
  const { accepted, refused } = outcome.redemptions;
  const expected = 2 * LOADS + 2 * (accepted + refused);
  if (operations !== expected) throw new Error(`expected ${expected} operations in a run, got ${operations}`);
  const signedIn = outcome.answers.filter((status) => status === 200).length;
  const signedOut = outcome.answers.filter((status) => status === 302).length;
  if (signedIn + signedOut !== LOADS) throw new Error(`expected ${LOADS} answers, got ${outcome.answers.join()}`);
  if (accepted !== 1 || (refused === 0) !== (signedOut === 0))
    throw new Error(`expected one exchange and logouts only after a refusal, got ${JSON.stringify(outcome)}`);
  tally.schedules++;
  tally.operations += operations;
  tally.redemptions += accepted + refused;
  if (signedOut > 0) tally.violated++;
}
