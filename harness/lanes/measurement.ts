import { hash } from "node:crypto";
import type { InvariantId } from "../model/invariant.ts";
import type { Measurement, TimedCounts, TimedRun, TimedSpec } from "../model/timed.ts";
import { dispersionOf, meanOf, poissonRate } from "./intervals.ts";

/**
 * What the worlds of a timed cell add up to.
 *
 * @param runs in the order of their numbers, without holes: those that end first are not those that anything else would have picked
 * @param wanted how many worlds there should be
 */
export function measurementOf(spec: TimedSpec, runs: readonly TimedRun[], wanted: number): Measurement {
  const error = runs.find((run) => run.error !== null)?.error ?? null;
  const played = runs.filter((run) => run.error === null);
  const counts = sumOf(played.map((run) => run.counts));
  const { refreshes, sessionDays, logouts } = counts;
  return {
    ...specOf(spec),
    worlds: { played: played.length, wanted },
    counts,
    refreshesPerSessionDay:
      sessionDays === 0
        ? null
        : meanOf(played.flatMap(({ counts: own }) => (own.sessionDays === 0 ? [] : own.refreshes / own.sessionDays))),
    logoutsPerMillionRefreshes: refreshes === 0 ? null : poissonRate(logouts, refreshes / 1_000_000),
    logoutsPerSessionDay: sessionDays === 0 ? null : poissonRate(logouts, sessionDays),
    dispersion: dispersionOf(played.map((run) => run.counts.logouts)),
    broken: brokenIn(played),
    story: played.find((run) => run.story !== null)?.story ?? null,
    digest: hash("sha256", JSON.stringify(played.map((run) => run.digest))),
    error,
  };
}

/** In the order of the contract, so that two results can be compared line by line. */
function specOf({ scenario, target, strategy, profile, isolates, page, accessTokenLifetime, latency, days, seed }: TimedSpec): TimedSpec {
  return { scenario, target, strategy, profile, isolates, page, accessTokenLifetime, latency, days, seed };
}

function sumOf(counts: readonly TimedCounts[]): TimedCounts {
  const sum = (of: (one: TimedCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
  return {
    virtualTime: sum((one) => one.virtualTime),
    sessionDays: sum((one) => one.sessionDays),
    loads: sum((one) => one.loads),
    refreshes: sum((one) => one.refreshes),
    redemptions: sum((one) => one.redemptions),
    signIns: sum((one) => one.signIns),
    logouts: sum((one) => one.logouts),
    steps: sum((one) => one.steps),
  };
}

function brokenIn(runs: readonly TimedRun[]): Measurement["broken"] {
  const broken = new Map<string, number>();
  for (const run of runs) for (const [id, times] of Object.entries(run.broken)) broken.set(id, (broken.get(id) ?? 0) + times);
  return Object.fromEntries([...broken].sort(([a], [b]) => (a < b ? -1 : 1))) as Partial<Record<InvariantId, number>>;
}
