import { describe, expect, test } from "vitest";
import type { MonitorContext } from "../model/invariant.ts";
import { ada, bob, CONTEXT, DAY, judge, rt, Tape } from "./events.testing.ts";
import { lifetimesNest } from "./lifetimes-nest.ts";

const lives = (refreshTokenLives: Partial<MonitorContext["refreshTokenLives"]>): MonitorContext => ({
  ...CONTEXT,
  refreshTokenLives: { issued: null, signedIn: null, unused: null, ...refreshTokenLives },
});
const verdict = (tape: Tape, context = CONTEXT) => judge(lifetimesNest, tape, context);
const MINUTE = 60_000;
const ALLOWED = CONTEXT.accessTokenLifetime + CONTEXT.skew;

/** A sign-in whose cookie lasts so long. */
function keptFor(lasts: number | null): Tape {
  return new Tape()
    .add({ type: "session-started", user: ada.user, session: ada.session, family: ada.family })
    .set("sign-in", ada, rt(ada, 0), lasts);
}

describe("lifetimes-nest breaks when", () => {
  test("the cookie ends before the refresh token", () => {
    expect(verdict(keptFor(29 * DAY))).toEqual([
      "step 1 · session of user_ada started: family F1",
      "step 2 · sign-in puts RT F1.g0 into jar jar-1, in a cookie that ends 86400 s before it",
    ]);
  });

  test.each([
    ["of each token", lives({ issued: 8 * DAY })],
    ["since the sign-in", lives({ signedIn: 8 * DAY })],
    ["since its last use", lives({ unused: 8 * DAY, signedIn: 90 * DAY })],
  ])("it ends before the shortest of the lifetimes: %s", (_, context) => {
    expect(verdict(keptFor(7 * DAY), context)).not.toBeNull();
  });

  test("the first cookie lasted, but not the one that a refresh brought", () => {
    const tape = keptFor(30 * DAY)
      .wait(DAY)
      .send("load-1", ada)
      .refresh("load-1", rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.set("load-1", ada, rt(ada, 1), 29 * DAY))).not.toBeNull();
  });

  test("a token is served that has been dead for longer than the skew", () => {
    expect(
      verdict(
        keptFor(null)
          .wait(ALLOWED + 1_000)
          .send("load-1", ada)
          .answer("load-1", "signed-in"),
      ),
    ).toEqual([
      "step 1 · session of user_ada started: family F1",
      "step 3 · load-1 of user_ada is sent to isolate-1 with RT F1.g0",
      "step 4 · load-1 of user_ada is answered signed-in, sent 331 s after the newest access token was issued (330 s are allowed)",
    ]);
  });
});

describe("lifetimes-nest stays silent when", () => {
  test.each([
    ["as long as the token", 30 * DAY],
    ["longer", 31 * DAY],
    ["with the browser", null],
    ["a little less, since an answer takes its time", 30 * DAY - MINUTE],
  ])("the cookie lasts %s", (_, lasts) => {
    expect(verdict(keptFor(lasts))).toBeNull();
  });

  test("the refresh token has no end", () => {
    expect(verdict(keptFor(DAY), lives({}))).toBeNull();
  });

  test("the sign-in's own end comes first", () => {
    const tape = keptFor(30 * DAY)
      .wait(29 * DAY)
      .send("load-1", ada)
      .refresh("load-1", rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.set("load-1", ada, rt(ada, 1), DAY), lives({ issued: 10 * DAY, signedIn: 30 * DAY }))).toBeNull();
  });

  test("the cookie brings an older token, whose life is over", () => {
    const tape = keptFor(30 * DAY)
      .wait(DAY)
      .send("load-1", ada)
      .refresh("load-1", rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.set("load-1", ada, rt(ada, 0), 1))).toBeNull();
  });

  test("the access token was refreshed, kept or replayed just now", () => {
    for (const [outcome, successor] of [
      ["rotated", 1],
      ["kept", 0],
      ["replayed", 1],
    ] as const) {
      const tape = keptFor(null)
        .wait(ALLOWED + 1)
        .send("load-1", ada);
      tape.add({ type: "token-redeemed", token: rt(ada, 0), outcome, successor: rt(ada, successor), detail: "" });
      expect(verdict(tape.answer("load-1", "signed-in").wait(ALLOWED).send("load-2", ada).answer("load-2", "signed-in"))).toBeNull();
    }
  });

  test.each(["unavailable", "stale", "signed-out", "other"] as const)("a page with a dead token is answered %s", (answer) => {
    expect(
      verdict(
        keptFor(null)
          .wait(10 * ALLOWED)
          .send("load-1", ada)
          .answer("load-1", answer),
      ),
    ).toBeNull();
  });

  test("the answer took long, but was asked for in time", () => {
    expect(verdict(keptFor(null).wait(ALLOWED).send("load-1", ada).wait(DAY).answer("load-1", "signed-in"))).toBeNull();
  });

  test("another user's token is old", () => {
    expect(
      verdict(
        keptFor(null)
          .wait(ALLOWED + 1)
          .signIn(bob)
          .send("load-1", bob)
          .answer("load-1", "signed-in"),
      ),
    ).toBeNull();
  });
});
