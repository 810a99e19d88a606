import { describe, expect, test } from "vitest";
import type { EventBody } from "../model/event.ts";
import { ada, bob, judge, rt, Tape } from "./events.testing.ts";
import { noCrossTalk } from "./no-cross-talk.ts";

const verdict = (tape: Tape) => judge(noCrossTalk, tape);

function bothAtOnce(): Tape {
  return new Tape().signIn(ada).signIn(bob).send("load-1", bob).send("load-2", ada);
}

describe("no-cross-talk breaks when", () => {
  test("an answer shows another user, and names that user's load at the same isolate", () => {
    expect(verdict(bothAtOnce().answer("load-2", "signed-in", { mentions: ["user_ada", "user_bob"] }))).toEqual([
      "step 5 · load-1 of user_bob is sent to isolate-1 with RT F2.g0",
      "step 6 · load-2 of user_ada is sent to isolate-1 with RT F1.g0",
      "step 7 · load-2 of user_ada is answered signed-in and shows user_bob",
    ]);
  });

  test("a signed-out page shows another user", () => {
    expect(verdict(bothAtOnce().answer("load-2", "signed-out", { mentions: ["user_bob"] }))).not.toBeNull();
  });

  test("a jar is given another user's credential", () => {
    expect(verdict(bothAtOnce().answer("load-2", "signed-in", { set: rt(bob, 1) }))?.at(-1)).toBe(
      "step 7 · load-2 takes jar jar-1 from RT F1.g0 to RT F2.g1, which belongs to user_bob",
    );
  });

  test("a visitor without a credential is answered as another user", () => {
    const tape = new Tape().signIn(bob).send("load-1", bob).send("load-2", ada);
    expect(verdict(tape.answer("load-2", "signed-in", { mentions: ["user_bob"] }))).not.toBeNull();
  });

  test("a visitor without a credential is answered signed-in as the one who used the browser before", () => {
    const tape = new Tape().signIn(ada).set("logout", ada, null).send("load-1", ada).answer("load-1", "signed-in");
    expect(verdict(tape)).toEqual([
      "step 4 · load-1 of user_ada is sent to isolate-1 with no credential",
      "step 5 · load-1 of user_ada is answered signed-in",
    ]);
  });
});

describe("no-cross-talk stays silent when", () => {
  test("each user sees himself", () => {
    expect(
      verdict(
        bothAtOnce()
          .answer("load-1", "signed-in")
          .answer("load-2", "signed-in", { set: rt(ada, 1) }),
      ),
    ).toBeNull();
  });

  test("the load is the sign-in itself", () => {
    expect(verdict(new Tape().send("load-1", ada).answer("load-1", "signed-in", { set: rt(ada, 0) }))).toBeNull();
  });

  test("a sign-in in another tab completes while the load is in flight", () => {
    expect(verdict(new Tape().send("load-1", ada).signIn(ada).answer("load-1", "signed-in"))).toBeNull();
  });

  test("an anonymous page is answered as signed-in and shows nobody", () => {
    expect(verdict(new Tape().send("load-1", ada).answer("load-1", "signed-in", { mentions: [] }))).toBeNull();
  });

  test("the sign-in page greets the one who was signed in here", () => {
    expect(verdict(new Tape().send("load-1", ada).answer("load-1", "signed-out", { mentions: ["user_ada"] }))).toBeNull();
  });

  test("a cookie is cleared, or an answer lost", () => {
    expect(verdict(bothAtOnce().answer("load-1", "signed-out", { set: null }).lose("load-2"))).toBeNull();
  });
});

describe("a call of the web app", () => {
  const asked = { request: "callback-1", key: "k1", isolate: "isolate-1" } as const;
  const answered = (user: string, mentions?: readonly string[]): EventBody => ({
    ...{ type: "request-answered", ...asked, user, answer: "{}" },
    ...(mentions === undefined ? {} : { mentions }),
  });

  test("is broken by the answer that was another user's", () => {
    const tape = new Tape().add(answered("user_ada", ["user_ada"])).add(answered("user_bob", ["user_ada"]));
    expect(judge(noCrossTalk, tape)).toEqual([
      "step 1 · callback-1 of user_ada is answered",
      "step 2 · callback-1 of user_bob is answered with what belongs to user_ada",
    ]);
  });

  test("holds for everybody's own, for an answer that shows nobody, and where nobody has looked", () => {
    const tape = new Tape()
      .add(answered("user_ada", ["user_ada"]))
      .add(answered("user_bob", []))
      .add(answered("user_bob"));
    expect(judge(noCrossTalk, tape)).toBeNull();
  });
});
