import { describe, expect, test } from "vitest";
import { ada, judge, keyOf, rt, Tape } from "./events.testing.ts";
import { failClosed } from "./fail-closed.ts";

const verdict = (tape: Tape) => judge(failClosed, tape);
const forged = () => new Tape().signIn(ada).send("load-1", ada, { forged: "no signature" });

test("fail-closed breaks when a forged request is answered signed-in", () => {
  expect(verdict(forged().answer("load-1", "signed-in"))).toEqual([
    "step 3 · load-1 of user_ada, forged (no signature), is sent to isolate-1 with RT F1.g0",
    "step 4 · load-1 of user_ada is answered signed-in",
  ]);
});

describe("fail-closed stays silent when", () => {
  test.each(["signed-out", "stale", "unavailable", "other"] as const)("a forged request is answered %s", (answer) => {
    expect(verdict(forged().answer("load-1", answer))).toBeNull();
  });

  test("somebody with a token of her own is answered signed-in while a forged request is in flight", () => {
    expect(verdict(forged().send("load-2", ada).answer("load-2", "signed-in"))).toBeNull();
  });

  test("the forged request was lost, and its owner asks for the same page", () => {
    expect(
      verdict(
        forged()
          .lose("load-1")
          .send("load-1", ada)
          .answer("load-1", "signed-in", { set: rt(ada, 1) }),
      ),
    ).toBeNull();
  });
});

test("its key does not depend on what is wrong with the token", () => {
  const key = (wrong: string) => keyOf(failClosed, new Tape().send("load-1", ada, { forged: wrong }));
  expect(key("no signature")).toBe(key("expired"));
  expect(key("expired")).not.toBe(keyOf(failClosed, new Tape().send("load-1", ada)));
});
