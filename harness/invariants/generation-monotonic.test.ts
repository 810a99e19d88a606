import { describe, expect, test } from "vitest";
import { ada, CONTEXT, judge, keyOf, rt, Tape } from "./events.testing.ts";
import { generationMonotonic } from "./generation-monotonic.ts";

const verdict = (tape: Tape) => judge(generationMonotonic, tape);

/** The access token has died; load-1 refreshes, and its answer does not bring the successor to the jar. */
function refreshedInVain(): Tape {
  return new Tape().signIn(ada).wait(CONTEXT.accessTokenLifetime).send("load-1", ada).refresh("load-1", rt(ada, 0), rt(ada, 1));
}

describe("generation-monotonic breaks when", () => {
  test("an older answer arrives last and takes the jar back", () => {
    const tape = refreshedInVain()
      .answer("load-1", "signed-in", { set: rt(ada, 1) })
      .send("load-2", ada);
    expect(verdict(tape.answer("load-2", "signed-in", { set: rt(ada, 0) }))).toEqual([
      "step 7 · load-1 takes jar jar-1 from RT F1.g0 to RT F1.g1",
      "step 9 · load-2 takes jar jar-1 from RT F1.g1 back to RT F1.g0",
    ]);
  });

  test("a refresh is served but never persisted, and the run ends so", () => {
    const tape = refreshedInVain().answer("load-1", "signed-in").send("load-2", ada).answer("load-2", "signed-in").finish();
    expect(verdict(tape)).toEqual([
      "step 6 · isolate-1 is issued RT F1.g1 for RT F1.g0 (load-1)",
      "step 8 · load-2 of user_ada is sent to isolate-1 with RT F1.g0",
      "step 9 · load-2 of user_ada is answered signed-in",
      "step 10 · the run ends with jar-1 still on RT F1.g0",
    ]);
  });

  test("the response was lost, and a later answer draws on the successor without handing it over", () => {
    const tape = refreshedInVain().lose("load-1").send("load-2", ada).present("load-2", rt(ada, 0)).replay(rt(ada, 0), rt(ada, 1));
    expect(
      verdict(
        tape
          .issue("load-2", rt(ada, 0), rt(ada, 1))
          .answer("load-2", "signed-in")
          .send("load-3", ada)
          .answer("load-3", "signed-in")
          .finish(),
      ),
    ).not.toBeNull();
  });

  test("the jar moves, but not as far as the newest generation that it could have", () => {
    const tape = refreshedInVain().lose("load-1").send("load-2", ada, { isolate: "isolate-2" }).refresh("load-2", rt(ada, 1), rt(ada, 2));
    tape
      .send("load-3", ada)
      .answer("load-2", "unavailable")
      .answer("load-3", "signed-in", { set: rt(ada, 1) });
    expect(verdict(tape.finish())?.at(-1)).toContain("still on RT F1.g1");
  });
});

describe("a record of a session", () => {
  const stored = (generation: number, record = "session") =>
    ({ type: "token-stored", token: rt(ada, generation), isolate: "isolate-1", record }) as const;

  test("never goes back", () => {
    expect(verdict(new Tape().signIn(ada).add(stored(1)).add(stored(0)))).toEqual([
      "step 3 · isolate-1 stores RT F1.g1",
      "step 4 · isolate-1 stores RT F1.g0, which is older",
    ]);
  });

  test("may be written again as it is, and another kind of record may be about an older token", () => {
    expect(verdict(new Tape().signIn(ada).add(stored(1)).add(stored(1)).add(stored(0, "revocation")))).toBeNull();
  });

  test("of an ended family matters no more", () => {
    expect(verdict(new Tape().signIn(ada).add(stored(1)).end(ada, "user").add(stored(0)))).toBeNull();
  });
});

describe("a jar that is behind", () => {
  const behind = () =>
    refreshedInVain()
      .lose("load-1")
      .send("load-2", ada)
      .refresh("load-2", rt(ada, 1), rt(ada, 2))
      .lose("load-2")
      .send("load-3", ada)
      .send("load-4", ada)
      .answer("load-3", "signed-in");

  test("is still behind when it only comes half of the way", () => {
    expect(
      verdict(
        behind()
          .answer("load-4", "other", { set: rt(ada, 1) })
          .finish(),
      )?.at(-1),
    ).toContain("still on RT F1.g1");
  });

  test("has caught up when it comes the whole way", () => {
    expect(
      verdict(
        behind()
          .answer("load-4", "other", { set: rt(ada, 2) })
          .finish(),
      ),
    ).toBeNull();
  });

  test("is behind in nothing once its cookie is gone", () => {
    expect(verdict(behind().answer("load-4", "signed-out", { set: null }).finish())).toBeNull();
  });
});

describe("generation-monotonic stays silent when", () => {
  test("the successor arrives", () => {
    expect(
      verdict(
        refreshedInVain()
          .answer("load-1", "signed-in", { set: rt(ada, 1) })
          .finish(),
      ),
    ).toBeNull();
  });

  test("the response is lost and a later load adopts the successor", () => {
    const tape = refreshedInVain().lose("load-1").send("load-2", ada).send("load-3", ada).answer("load-2", "signed-in");
    expect(verdict(tape.answer("load-3", "signed-in", { set: rt(ada, 1) }).finish())).toBeNull();
  });

  test("the response is lost and nobody comes back", () => {
    expect(verdict(refreshedInVain().lose("load-1").finish())).toBeNull();
  });

  test.each(["unavailable", "stale", "signed-out"] as const)("the load that comes back is answered %s", (answer) => {
    expect(verdict(refreshedInVain().lose("load-1").send("load-2", ada).answer("load-2", answer).finish())).toBeNull();
  });

  test("the load that shares the flight was sent before the successor was issued", () => {
    const tape = new Tape().signIn(ada).wait(CONTEXT.accessTokenLifetime).send("load-1", ada).send("load-2", ada);
    expect(verdict(tape.refresh("load-1", rt(ada, 0), rt(ada, 1)).answer("load-2", "signed-in").lose("load-1").finish())).toBeNull();
  });

  test("a refresh before its time is lost, and the living access token is served without one", () => {
    const tape = new Tape()
      .signIn(ada)
      .wait(CONTEXT.accessTokenLifetime - 1)
      .send("load-1", ada)
      .refresh("load-1", rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.lose("load-1").send("load-2", ada).answer("load-2", "signed-in").finish())).toBeNull();
  });

  test("a replay has renewed the access token of the generation in the jar", () => {
    const tape = refreshedInVain()
      .answer("load-1", "signed-in", { set: rt(ada, 1) })
      .wait(200_000);
    tape.replay(rt(ada, 0), rt(ada, 1)).send("load-2", ada).refresh("load-2", rt(ada, 1), rt(ada, 2)).lose("load-2");
    expect(verdict(tape.wait(200_000).send("load-3", ada).answer("load-3", "signed-in").finish())).toBeNull();
  });

  test("a sibling of the same generation replaces the token", () => {
    const tape = refreshedInVain()
      .answer("load-1", "signed-in", { set: rt(ada, 1, 1) })
      .send("load-2", ada);
    expect(verdict(tape.answer("load-2", "signed-in", { set: rt(ada, 1) }).finish())).toBeNull();
  });

  test("the family has ended meanwhile", () => {
    const tape = refreshedInVain().answer("load-1", "signed-in").send("load-2", ada).answer("load-2", "signed-in");
    expect(verdict(tape.end(ada, "admin").finish())).toBeNull();
  });

  test("an answer from the issuer arrives after the family has ended", () => {
    const tape = new Tape()
      .signIn(ada)
      .wait(CONTEXT.accessTokenLifetime)
      .send("load-1", ada)
      .present("load-1", rt(ada, 0))
      .end(ada, "user");
    tape.issue("load-1", rt(ada, 0), rt(ada, 1)).send("load-2", ada).answer("load-2", "signed-in");
    expect(verdict(tape.finish())).toBeNull();
  });

  test("a new sign-in begins at generation 0", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    expect(
      verdict(
        refreshedInVain()
          .answer("load-1", "signed-in", { set: rt(ada, 1) })
          .signIn(again)
          .finish(),
      ),
    ).toBeNull();
  });

  test("the run has not ended yet", () => {
    expect(verdict(refreshedInVain().answer("load-1", "signed-in").send("load-2", ada).answer("load-2", "signed-in"))).toBeNull();
  });
});

describe("the key of generation-monotonic tells apart", () => {
  const key = (tape: Tape) => keyOf(generationMonotonic, tape);
  const dead = () => new Tape().signIn(ada).wait(CONTEXT.accessTokenLifetime).send("load-1", ada).present("load-1", rt(ada, 0));

  test("whether an isolate was issued a newer generation", () => {
    expect(key(dead().issue("load-1", rt(ada, 0), rt(ada, 1)))).not.toBe(key(dead().fault("load-1", rt(ada, 0))));
  });

  test("whether a load was sent after that or before", () => {
    const before = dead().send("load-2", ada).issue("load-1", rt(ada, 0), rt(ada, 1));
    expect(key(before)).not.toBe(key(dead().issue("load-1", rt(ada, 0), rt(ada, 1)).send("load-2", ada)));
  });

  test("what a jar holds, since when, and whether it is behind", () => {
    expect(key(new Tape().signIn(ada))).not.toBe(key(new Tape().wait(1).signIn(ada)));
    expect(key(new Tape().signIn(ada))).not.toBe(key(new Tape().signIn(ada).set("load-1", ada, rt(ada, 1))));
    const late = () => dead().issue("load-1", rt(ada, 0), rt(ada, 1)).send("load-2", ada);
    expect(key(late().answer("load-2", "signed-in"))).not.toBe(key(late().answer("load-2", "unavailable")));
  });

  test("nothing else: not the loads that are not late, nor the steps", () => {
    const other = new Tape().send("load-7", ada).lose("load-7").signIn(ada).send("load-8", ada);
    expect(key(new Tape().signIn(ada))).toBe(key(other));
  });
});
