import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { profileNamed } from "../issuer/profiles.ts";
import type { Life, Visitor } from "../model/timed.ts";
import { Chance } from "../sim/chance.ts";
import { loadModuleTarget } from "../targets/index.ts";
import { answering, living, played, timedCell } from "./timed.testing.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One tab, a page every so often. */
const steady = (gap: number, pages: number) =>
  living(async (person, { now, until }) => {
    await person.signIn();
    const began = now();
    for (let page = 1; page <= pages; page++) {
      await until(began + page * gap);
      await person.load();
    }
  });

/** Again and again two pages at expiry, the second one so much later; whoever is signed out signs in again. */
const pairs = (apart: number, times: number) =>
  living(async (person, { now, until }) => {
    await person.signIn();
    for (let time = 0; time < times; time++) {
      await until(now() + 301_000);
      const answers = await Promise.all([person.load(), until(now() + apart).then(() => person.load())]);
      if (answers.includes("signed-out")) await person.signIn();
    }
  });

describe("refreshes in a session-day, by hand", () => {
  const PAGES = 300;

  it("are one for every second page of 140 s where a client refreshes 30 s early: 280 s after the last one", async () => {
    const { counts } = await played(timedCell(steady(140_000, PAGES), { strategy: "single-flight" }));
    expect(counts).toMatchObject({
      sessionDays: 2,
      loads: 2 * PAGES,
      refreshes: 2 * (PAGES / 2),
      redemptions: 2 * (PAGES / 2),
      logouts: 0,
    });
  });

  it("are one for every third page where it waits for the end of the access token: 420 s after the last one", async () => {
    const { target } = await loadModuleTarget(resolve(import.meta.dirname, "../../fixtures/targets/naive.ts"), {});
    const { counts } = await played(timedCell(steady(140_000, PAGES), {}, { target }));
    expect(counts).toMatchObject({ sessionDays: 2, loads: 2 * PAGES, refreshes: 2 * (PAGES / 3), logouts: 0 });
  });

  it("are fewer with a longer lifetime: of 30 minutes, less 30 s, one for every thirteenth page", async () => {
    const { counts } = await played(timedCell(steady(140_000, PAGES), { strategy: "single-flight", accessTokenLifetime: 30 * MINUTE }));
    expect(counts.refreshes).toBe(2 * Math.floor(PAGES / 13));
  });
});

describe("logouts, by hand", () => {
  /** A page and its refresh are there and back after twice the way to the app and twice the way to the issuer. */
  const latency = "browser=40,issuer=60,store=0";

  it("are one for each pair of pages when the second is sent just before the answer to the first is there", async () => {
    const { counts, broken } = await played(timedCell(pairs(199, 20), { latency }));
    expect(counts).toMatchObject({ refreshes: 40, redemptions: 80, logouts: 40, signIns: 42 });
    expect(broken).toEqual({ "no-spurious-logout": 20 });
  });

  it("are none when it is sent just after", async () => {
    const { counts, broken, story } = await played(timedCell(pairs(201, 20), { latency }));
    expect(counts).toMatchObject({ refreshes: 40, redemptions: 40, logouts: 0, signIns: 2 });
    expect([broken, story]).toEqual([{}, null]);
  });

  it("are none where the issuer forgives a race", async () => {
    const { counts } = await played(timedCell(pairs(199, 20), { latency, profile: "workos" }));
    expect(counts).toMatchObject({ refreshes: 40, redemptions: 80, logouts: 0 });
  });

  it("are as many as there are pairs of delays that take longer than the pages are apart", async () => {
    const issuer = { median: 50, p99: 300 };
    const apart = 130;
    const { counts } = await played(timedCell(pairs(apart, 400), { latency: "browser=0,issuer=50/300,store=0" }));
    const chance = new Chance("two delays, drawn a hundred thousand times");
    const sums = Array.from({ length: 100_000 }, () => chance.lognormal(issuer) + chance.lognormal(issuer));
    const expected = sums.filter((sum) => sum > apart).length / sums.length;
    expect(expected).toBeGreaterThan(0.2);
    expect(expected).toBeLessThan(0.5);
    // Of 800 pairs a standard error is at most 0.018.
    expect(Math.abs(counts.logouts / 800 - expected)).toBeLessThan(0.07);
  });

  it("are not those that time itself brings: of a session that nobody used for too long", async () => {
    const profile = { ...profileNamed("better-auth"), lifetimes: { refreshToken: 3_600, absolute: null, inactivity: null } };
    const late = living(async (person, { now, until }) => {
      await person.signIn();
      for (let time = 0; time < 3; time++) {
        await until(now() + 2 * HOUR);
        if ((await person.load()) === "signed-out") await person.signIn();
      }
    });
    const { counts } = await played(timedCell(late, {}, { profile }));
    expect(counts).toMatchObject({ signIns: 2 * 4, logouts: 0 });
  });
});

describe("the story of a logout", () => {
  it("says when it was, why, and what the last stretch of the trace was", async () => {
    const latency = "browser=40,issuer=60,store=0";
    const { story } = await played(timedCell(pairs(100, 3), { latency }));
    expect(story).toMatchObject({ run: 1, invariants: ["no-spurious-logout"] });
    expect(story?.because.map((sentence) => sentence.replace(/^step \d+ · /, ""))).toEqual([
      "isolate-1 presents RT F1.g0 for ada/load-1",
      "the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "isolate-1 presents RT F1.g0 again for ada/load-2",
      "the issuer rejects RT F1.g0: already exchanged, no grace",
      "session of user_ada ended: reuse (RT F1.g0 was reused; better-auth: late reuse revokes every session of the user)",
      "ada/load-2 of user_ada is answered signed-out",
    ]);
    const last = story?.trace.at(-1);
    expect(last?.events.at(-1)).toBe("ada/load-2 of user_ada is answered signed-out");
    expect(last?.at).toBe(story?.at);
  });
});

describe("a world", () => {
  const day = living(async (person: Visitor, { now, until, draws }: Life) => {
    await person.signIn();
    for (let page = 0; page < 30; page++) {
      await until(Math.round(now() + draws.lognormal({ median: 2 * MINUTE, p99: HOUR })));
      if ((await person.load()) === "signed-out") await person.signIn();
    }
  });

  it("is the same for the same seed and number, event by event, and another for others", async () => {
    const cell = timedCell(day, { latency: "", isolates: 2, days: 2 });
    const [first, again, next] = [await played(cell, 3), await played(cell, 3), await played(cell, 4)];
    expect(again).toEqual(first);
    expect(next.digest).not.toBe(first.digest);
    expect((await played(timedCell(day, { latency: "", isolates: 2, days: 2, seed: 2 }), 3)).digest).not.toBe(first.digest);
  });

  it("gives people the same day whatever the client does, so that strategies can be compared", async () => {
    const sentAt = async (strategy: string) => {
      const moments: string[] = [];
      const noted = living((person, life) => {
        const load = () => {
          moments.push(`${person.user} ${life.now()}`);
          return person.load();
        };
        return day.live({ user: person.user, signIn: () => person.signIn(), load }, life);
      });
      await played(timedCell(noted, { strategy, latency: "browser=0,issuer=0,store=0" }));
      return moments;
    };
    expect(await sentAt("ledger")).toEqual(await sentAt("naive"));
  });

  it("takes no step for crypto that takes no time, and one for each call that does", async () => {
    const [inline, ordered] = [
      await played(timedCell(steady(100_000, 10))),
      await played(timedCell(steady(100_000, 10), { latency: "browser=0,issuer=0,store=0,crypto=0.2" })),
    ];
    expect(ordered.counts.steps).toBeGreaterThan(inline.counts.steps + 20);
    expect(ordered.counts.refreshes).toBe(inline.counts.refreshes);
  });

  it("goes on for longer than any timer of Node does", async () => {
    const holidays = living(async (person, { now, until }) => {
      await person.signIn();
      await until(now() + 60 * 24 * HOUR + 0.5);
      await person.load();
    });
    const { counts } = await played(timedCell(holidays, { days: 90 }));
    expect(Math.floor(counts.virtualTime / (24 * HOUR))).toBe(60);
  });

  it("is given up when somebody asks for that, and says how far it is meanwhile", async () => {
    const told: number[] = [];
    const watch = {
      onProgress: ({ virtualTime }: { virtualTime: number }) => void told.push(virtualTime),
      isStopped: () => told.length === 3,
    };
    await expect(played(timedCell(steady(100_000, 5_000)), 1, watch)).rejects.toThrow("it was given up");
    expect(told).toHaveLength(3);
    expect(told[2]).toBeGreaterThan(told[1] ?? 0);
  });
});

describe("what keeps the harness from vouching for a world", () => {
  const HAPPENINGS = { pages: 0 };

  it("is a target that does not do the same twice: the event that differs is named", async () => {
    HAPPENINGS.pages = 0;
    // The 150th page of all, which is in the second playing of the first day.
    const target = answering((response) => (++HAPPENINGS.pages === 150 ? new Response("later", { status: 503 }) : response));
    const { error } = await played(timedCell(steady(100_000, 50), {}, { target }), 0);
    expect(error).toMatchObject({
      code: "NONDETERMINISM",
      message: expect.stringMatching(/the \d+\. event is now: .* is answered unavailable/),
    });
  });

  it("is a handler that never answers, and who waits is named", async () => {
    const target = answering(() => new Promise(() => {}));
    const { error } = await played(timedCell(steady(100_000, 1), {}, { target }));
    expect(error).toMatchObject({ code: "DEADLOCK", message: expect.stringContaining("ada/sign-in for an answer of isolate-1") });
  });

  it("is an answer to a live session that means nothing", async () => {
    const target = answering(() => new Response("what?", { status: 418 }));
    const { error } = await played(timedCell(steady(100_000, 1), {}, { target }));
    expect(error).toMatchObject({ code: "BAD_TARGET", message: expect.stringContaining("status 418") });
  });

  it("is a target that reaches outside of the world", async () => {
    const target = answering(async (response) => {
      const { readFile } = await import("node:fs/promises");
      await readFile(import.meta.filename);
      return response;
    });
    const { error } = await played(timedCell(steady(100_000, 1), {}, { target }));
    expect(error).toMatchObject({ code: "ESCAPED" });
  });

  it("is a scenario that fails", async () => {
    const { error } = await played(timedCell(living(() => Promise.reject(new Error("the alarm did not ring")))));
    expect(error).toMatchObject({ code: "TARGET_CRASHED", message: expect.stringContaining("the alarm did not ring") });
  });
});
