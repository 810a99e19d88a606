import { describe, expect, it } from "vitest";
import { playTimed } from "../harness/lanes/timed.ts";
import { timedSettingOf } from "../harness/library/registry.ts";
import type { Life, TimedSpec } from "../harness/model/timed.ts";
import { Chance } from "../harness/sim/chance.ts";
import { sessionDays, WORKING_DAY } from "./session-days.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Visit {
  readonly day: number;
  /** Hours since midnight. */
  readonly hour: number;
  readonly pages: number;
}

/** Lives these days where every page takes no time. */
async function visits(days: number, answer: (visit: number) => "signed-in" | "signed-out" = () => "signed-in") {
  let now = 0;
  let signIns = 0;
  const seen: { at: number; pages: number }[] = [];
  const life: Life = {
    ...{ days, begins: 0, now: () => now, draws: new Chance("ada's days") },
    until: async (moment) => {
      expect(moment).toBeGreaterThanOrEqual(now);
      now = moment;
    },
  };
  const person = {
    user: "user_ada",
    signIn: async () => {
      signIns++;
      return true;
    },
    load: async () => {
      if (seen.at(-1)?.at !== now) seen.push({ at: now, pages: 0 });
      (seen.at(-1) as { pages: number }).pages++;
      return answer(seen.length);
    },
  };
  await sessionDays.live(person, life);
  const list = seen.map(({ at, pages }): Visit => ({ day: Math.floor(at / DAY), hour: (at % DAY) / HOUR, pages }));
  return { visits: list, signIns };
}

describe("working days", () => {
  it("begin in the morning with all tabs at once, and end before midnight", async () => {
    const { visits: all } = await visits(200);
    const days = Array.from({ length: 200 }, (_, day) => all.filter((visit) => visit.day === day));
    for (const day of days) {
      const [morning] = day as [Visit];
      expect(morning.hour).toBeGreaterThanOrEqual(WORKING_DAY.opens.from);
      expect(morning.hour).toBeLessThanOrEqual(WORKING_DAY.opens.to);
      expect(morning.pages).toBeLessThanOrEqual(WORKING_DAY.restored);
      expect(day.at(-1)?.hour).toBeLessThan(24);
    }
    expect(new Set(days.map(([morning]) => morning?.pages)).size).toBe(WORKING_DAY.restored);
    const lengths = days.map((day) => (day.at(-1)?.hour ?? 0) - (day[0]?.hour ?? 0)).sort((a, b) => a - b);
    expect(lengths[100]).toBeGreaterThan(7);
    expect(lengths[100]).toBeLessThan(8.5);
  });

  it("have visits a while apart, now and then of several pages", async () => {
    const { visits: all } = await visits(100);
    const later = all.filter((visit, index) => all[index - 1]?.day === visit.day);
    const several = later.filter(({ pages }) => pages > 1);
    expect(Math.abs(several.length / later.length - WORKING_DAY.several.part)).toBeLessThan(0.02);
    expect(new Set(several.map(({ pages }) => pages))).toEqual(new Set([2, 3, 4]));
    const gaps = later.map((visit) => visit.hour - (all[all.indexOf(visit) - 1]?.hour ?? 0)).sort((a, b) => a - b);
    const median = (gaps[gaps.length >> 1] ?? 0) * HOUR;
    expect(Math.abs(median / WORKING_DAY.gap.median - 1)).toBeLessThan(0.1);
  });

  it("go on with a sign-in for whoever is signed out, one for all pages of a visit", async () => {
    const { signIns } = await visits(1, (visit) => (visit === 1 || visit === 4 ? "signed-out" : "signed-in"));
    expect(signIns).toBe(2);
  });
});

const CELL: TimedSpec = {
  ...{ scenario: "session-days", target: "reference", strategy: "ledger", profile: "better-auth", isolates: 2, page: "document" },
  ...{ accessTokenLifetime: 300_000, latency: "", days: 2, seed: 1 },
} as const;

describe("two people's working days on two isolates, under an issuer that takes a reused token for theft", () => {
  async function lived(change: Partial<TimedSpec>) {
    const run = await playTimed(await timedSettingOf({ ...CELL, ...change }), 0, { onProgress() {}, isStopped: () => false });
    expect(run?.error).toBeNull();
    return run;
  }

  it.each(["naive", "single-flight"])("sign them out again and again where the client is %s", async (strategy) => {
    const run = await lived({ strategy });
    expect(run?.counts.sessionDays).toBe(4);
    expect(run?.counts.refreshes).toBeGreaterThan(60);
    expect(run?.counts.logouts).toBeGreaterThan(3);
    expect(run?.counts.signIns).toBe((run?.counts.logouts ?? 0) + 2);
    expect(run?.story?.invariants).toContain("no-spurious-logout");
  });

  it.each(["ledger", "server-session"])("sign nobody out where it is %s, and refresh each token once", async (strategy) => {
    const run = await lived({ strategy });
    expect(run).toMatchObject({ broken: {}, story: null, counts: { logouts: 0, signIns: 2, sessionDays: 4 } });
    expect(run?.counts.redemptions).toBe(run?.counts.refreshes);
  });

  it("sign nobody out where the issuer forgives a race for longer than any message takes", async () => {
    expect((await lived({ strategy: "naive", profile: "workos" }))?.counts.logouts).toBe(0);
  });

  it("are the same again, with the third-party SDK too", async () => {
    const change = { target: "workos-node", strategy: "sealed-session", days: 1 };
    const [one, other] = [await lived(change), await lived(change)];
    expect(one?.counts.logouts).toBeGreaterThan(0);
    expect(other).toEqual(one);
  });
});
