import { describe, expect, test } from "vitest";
import { ada, CONTEXT, judge, rt, Tape } from "./events.testing.ts";
import { upgradeNeverRefreshes } from "./upgrade-never-refreshes.ts";

const verdict = (tape: Tape) => judge(upgradeNeverRefreshes, tape);
const [g0, g1] = [rt(ada, 0), rt(ada, 1)];
const PURPOSES = ["upgrade", "prefetch"] as const;

const expired = () => new Tape().signIn(ada).wait(CONTEXT.accessTokenLifetime);

describe.each(PURPOSES)("upgrade-never-refreshes breaks when an upgrade or prefetch (%s)", (purpose) => {
  test("presents the refresh token", () => {
    expect(verdict(expired().send("load-1", ada, { purpose }).present("load-1", g0))).toEqual([
      `step 3 · load-1 of user_ada, ${purpose === "upgrade" ? "an upgrade" : "a prefetch"}, is sent to isolate-1 with RT F1.g0`,
      "step 4 · isolate-1 presents RT F1.g0 for load-1",
    ]);
  });

  test("is answered with a cookie", () => {
    expect(verdict(expired().send("load-1", ada, { purpose }).answer("load-1", "signed-in", { set: g1 }))?.at(-1)).toMatch(
      /load-1 of user_ada is answered signed-in with a cookie to set$/,
    );
  });

  test("is answered with a cookie that changes nothing", () => {
    expect(verdict(expired().send("load-1", ada, { purpose }).answer("load-1", "stale", { setsCookie: true }))).not.toBeNull();
  });
});

describe.each(PURPOSES)("upgrade-never-refreshes stays silent when an upgrade or prefetch (%s)", (purpose) => {
  test.each(["stale", "unavailable", "signed-in", "signed-out"] as const)("is answered %s", (answer) => {
    expect(verdict(expired().send("load-1", ada, { purpose }).answer("load-1", answer))).toBeNull();
  });

  test("waits while a page refreshes and is given its cookie", () => {
    const tape = expired().send("load-1", ada, { purpose }).send("load-2", ada).refresh("load-2", g0, g1);
    expect(verdict(tape.answer("load-2", "signed-in", { set: g1 }).answer("load-1", "signed-in"))).toBeNull();
  });

  test("was lost, and a page of the same name refreshes", () => {
    expect(verdict(expired().send("load-1", ada, { purpose }).lose("load-1").send("load-1", ada).present("load-1", g0))).toBeNull();
  });

  test("is followed by a redemption that belongs to no load", () => {
    const tape = expired().send("load-1", ada, { purpose });
    expect(verdict(tape.add({ type: "token-presented", token: g0, isolate: "isolate-1", load: null }))).toBeNull();
  });
});
