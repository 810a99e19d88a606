import type { CellResult } from "./cell.ts";
import type { InvariantId } from "./invariant.ts";
import type { BrowserActions } from "./scenario.ts";
import type { TraceEntry } from "./trace.ts";

/** What people do day by day. */
export type Visitor = Pick<BrowserActions, "user" | "signIn" | "load">;

/** A quantity that differs from one time to the next: half of them are below the median, one in a hundred is above `p99`. */
export interface Spread {
  readonly median: number;
  readonly p99: number;
}

/** Random numbers that somebody draws for a purpose of their own. */
export interface Draws {
  /** From 0 to below 1. */
  uniform(): number;
  /** A whole number from 0 to below `limit`, which is at least 1. */
  whole(limit: number): number;
  /** Lognormal: most are near the median, and a few are many times as long. */
  lognormal(spread: Spread): number;
}

/** The days that somebody has. Moments in milliseconds of virtual time. */
export interface Life {
  readonly days: number;
  /** When the first day begins: a midnight, UTC. */
  readonly begins: number;
  now(): number;
  /** Waits until a moment. */
  until(moment: number): Promise<void>;
  /** This person's own. */
  readonly draws: Draws;
}

/** What people do all day, in a world in which everything takes its time and nobody chooses an order. */
export interface TimedScenario {
  readonly name: string;
  readonly describe: string;
  /** Watched besides those that a strategy promises; a day at a time. */
  readonly invariants: readonly InvariantId[];
  /** Plays one person's days. Whoever finds herself signed out signs in again, as the person would. */
  live(person: Visitor, life: Life): Promise<void>;
}

/** One cell of a measurement, by name, as plain data: it crosses threads. */
export interface TimedSpec {
  readonly scenario: string;
  readonly target: string;
  readonly strategy: string;
  readonly profile: string;
  readonly isolates: number;
  readonly page: "request" | "document";
  /** Milliseconds. */
  readonly accessTokenLifetime: number;
  /** One way, by hop, in milliseconds: `issuer=60/600,…`, a median and a 99th percentile. */
  readonly latency: string;
  readonly days: number;
  readonly seed: number;
}

/** What happened, counted. Counts of several runs add up. */
export interface TimedCounts {
  /** Milliseconds of virtual time. */
  readonly virtualTime: number;
  /** Days of a person on which she loaded a page. */
  readonly sessionDays: number;
  /** Requests of pages, with what they fetch. */
  readonly loads: number;
  /** Redemptions that gave a new access token for the first time: replays of them are not counted again. */
  readonly refreshes: number;
  /** All redemptions, with replays and those that were refused. */
  readonly redemptions: number;
  readonly signIns: number;
  /** Sessions that no user, admin, expiry or thief ended, and whose person was signed out all the same. */
  readonly logouts: number;
  readonly steps: number;
}

/** A broken invariant and what led to it. */
export interface TimedStory {
  /** Which run, from 0. */
  readonly run: number;
  /** Milliseconds of virtual time since that run began. */
  readonly at: number;
  readonly invariants: readonly InvariantId[];
  /** The events, in order, that make it false, a sentence each. */
  readonly because: readonly string[];
  /** The last stretch of the trace. */
  readonly trace: readonly TraceEntry[];
}

/** What came of one world: two people and their days. */
export interface TimedRun {
  readonly counts: TimedCounts;
  /** Invariants that were broken, by how many of the times that they were watched: a day at a time, and anew after each that is broken. */
  readonly broken: Readonly<Partial<Record<InvariantId, number>>>;
  /** The first of them. */
  readonly story: TimedStory | null;
  /** SHA-256 over all events with their times. */
  readonly digest: string;
  /** Set when the harness cannot vouch for it. */
  readonly error: CellResult["error"];
}

/** An estimate with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The result of one timed cell. */
export interface Measurement extends TimedSpec {
  /** Worlds that were played to their end, of those that were wanted. */
  readonly worlds: { readonly played: number; readonly wanted: number };
  readonly counts: TimedCounts;
  /** Between worlds, which share nothing; null with fewer than two, and where nobody did anything. */
  readonly refreshesPerSessionDay: Estimate | null;
  /** Null where nothing was refreshed. */
  readonly logoutsPerMillionRefreshes: Estimate | null;
  /** Null where nobody did anything. */
  readonly logoutsPerSessionDay: Estimate | null;
  /** Variance of the logouts of a world by their mean: about 1 where they are independent, as their intervals suppose. Null without any. */
  readonly dispersion: number | null;
  readonly broken: Readonly<Partial<Record<InvariantId, number>>>;
  /** The first thing that was broken, in the first world in which something was. */
  readonly story: TimedStory | null;
  /** SHA-256 over the digests of the worlds played. */
  readonly digest: string;
  /** Set when the harness cannot vouch for it. */
  readonly error: CellResult["error"];
}

/** The whole of `holdfast measure --json`: but for how long it took, equal for equal options on every machine. */
export interface MeasureResult {
  readonly version: 1;
  /** It was told to stop before all worlds were played. */
  readonly interrupted: boolean;
  /** Real milliseconds. */
  readonly durationMs: number;
  readonly cells: readonly Measurement[];
}
