import { describe, expect, it } from "vitest";
import type { TimedCounts, TimedRun, TimedStory } from "../model/timed.ts";
import { measurementOf } from "./measurement.ts";
import { living, timedCell } from "./timed.testing.ts";

const { spec } = timedCell(living(async () => {}));
const STORY: TimedStory = { run: 1, at: 5, invariants: ["no-spurious-logout"], because: ["so it was"], trace: [] };

function world(counts: Partial<TimedCounts>, more: Partial<TimedRun> = {}): TimedRun {
  const none = { virtualTime: 0, sessionDays: 0, loads: 0, refreshes: 0, redemptions: 0, signIns: 0, logouts: 0, steps: 0 };
  return { counts: { ...none, ...counts }, broken: {}, story: null, digest: JSON.stringify(counts), error: null, ...more };
}

describe("the worlds of a cell", () => {
  it("add up, and each rate has its interval", () => {
    const worlds = [
      world({ virtualTime: 10, sessionDays: 4, loads: 50, refreshes: 40, redemptions: 60, signIns: 2, logouts: 0, steps: 7 }),
      world({ virtualTime: 20, sessionDays: 4, loads: 70, refreshes: 60, redemptions: 80, signIns: 6, logouts: 5, steps: 8 }),
    ];
    const measured = measurementOf(spec, worlds, 3);
    expect(measured).toMatchObject({
      ...spec,
      worlds: { played: 2, wanted: 3 },
      counts: { virtualTime: 30, sessionDays: 8, loads: 120, refreshes: 100, redemptions: 140, signIns: 8, logouts: 5, steps: 15 },
      error: null,
    });
    expect(measured.refreshesPerSessionDay?.value).toBe(12.5);
    // 2.5 is a standard error of 10 and 15 a day, and 12.706 the quantile with one degree of freedom.
    expect(measured.refreshesPerSessionDay?.high).toBeCloseTo(12.5 + 12.706 * 2.5, 2);
    // The exact interval of five is 1.623 to 11.668.
    expect(measured.logoutsPerMillionRefreshes?.value).toBe(50_000);
    expect(measured.logoutsPerMillionRefreshes?.low).toBeCloseTo(16_234.9, 0);
    expect(measured.logoutsPerMillionRefreshes?.high).toBeCloseTo(116_683.3, 0);
    expect(measured.logoutsPerSessionDay?.value).toBe(5 / 8);
    expect(measured.logoutsPerSessionDay?.high).toBeCloseTo(11.6683 / 8, 4);
    expect(measured.dispersion).toBe(5);
  });

  it("in which nothing happened have no rates", () => {
    expect(measurementOf(spec, [world({}), world({})], 2)).toMatchObject({
      refreshesPerSessionDay: null,
      logoutsPerMillionRefreshes: null,
      logoutsPerSessionDay: null,
      dispersion: null,
      story: null,
    });
  });

  it("tell the first story that one of them has, and how often each invariant was broken", () => {
    const worlds = [
      world({}, { broken: { "no-token-reuse": 1 } }),
      world({}, { broken: { "no-token-reuse": 2, "no-spurious-logout": 3 }, story: STORY }),
      world({}, { story: { ...STORY, run: 2 } }),
    ];
    const measured = measurementOf(spec, worlds, 3);
    expect(measured.story).toEqual(STORY);
    expect(Object.entries(measured.broken)).toEqual([
      ["no-spurious-logout", 3],
      ["no-token-reuse", 3],
    ]);
  });

  it("do not count where the harness cannot vouch for them, and say why", () => {
    const error = { code: "ESCAPED", message: "a socket", hint: "do not" } as const;
    const measured = measurementOf(spec, [world({ refreshes: 5 }), world({ refreshes: 7 }, { error })], 2);
    expect(measured).toMatchObject({ worlds: { played: 1, wanted: 2 }, counts: { refreshes: 5 }, error });
  });

  it("have a digest of all of theirs, in order", () => {
    const [one, other] = [world({ loads: 1 }), world({ loads: 2 })];
    const digestOf = (worlds: readonly TimedRun[]) => measurementOf(spec, worlds, 2).digest;
    expect(digestOf([one, other])).toBe(digestOf([one, other]));
    expect(digestOf([other, one])).not.toBe(digestOf([one, other]));
  });
});
