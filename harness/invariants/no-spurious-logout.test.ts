import { describe, expect, test } from "vitest";
import type { EndCause } from "../model/event.ts";
import { ada, bob, judge, rt, Tape } from "./events.testing.ts";
import { noSpuriousLogout } from "./no-spurious-logout.ts";

const verdict = (tape: Tape) => judge(noSpuriousLogout, tape);

/** Two isolates redeem g0; the second one ends the session (better-auth). Not yet answered. */
function raceLost(): Tape {
  return new Tape()
    .signIn(ada)
    .send("load-1", ada)
    .send("load-2", ada, { isolate: "isolate-2" })
    .present("load-1", rt(ada, 0))
    .rotate(rt(ada, 0), rt(ada, 1))
    .present("load-2", rt(ada, 0))
    .reject(rt(ada, 0), "already exchanged")
    .end(ada, "reuse", "all tokens of user and client")
    .issue("load-1", rt(ada, 0), rt(ada, 1))
    .refuse("load-2", rt(ada, 0));
}

describe("no-spurious-logout breaks when", () => {
  test("the loser of a race is answered signed-out, and names both presentations, both redemptions and the end", () => {
    expect(verdict(raceLost().answer("load-2", "signed-out"))).toEqual([
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 7 · isolate-2 presents RT F1.g0 again for load-2",
      "step 8 · the issuer rejects RT F1.g0: already exchanged",
      "step 8 · session of user_ada ended: reuse (all tokens of user and client)",
      "step 11 · load-2 of user_ada is answered signed-out",
    ]);
  });

  test("the loser clears the winner's cookie, and names the answer that did", () => {
    const because = verdict(
      raceLost()
        .answer("load-1", "signed-in", { set: rt(ada, 1) })
        .answer("load-2", "signed-out", { set: null }),
    );
    expect(because?.slice(-2)).toEqual([
      "step 12 · load-2 clears RT F1.g1 from jar jar-1",
      "step 12 · load-2 of user_ada is answered signed-out",
    ]);
  });

  test("a cookie is lost although the answer is signed-in", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).answer("load-1", "signed-in", { set: null });
    expect(verdict(tape)?.[0]).toContain("load-1 clears RT F1.g0");
  });

  test("the issuer only rejects and ends nothing (zitadel)", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).refresh("load-1", rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.fail("load-2", rt(ada, 0), "spent").answer("load-2", "signed-out"))).toEqual([
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 8 · isolate-1 presents RT F1.g0 again for load-2",
      "step 9 · the issuer rejects RT F1.g0: spent",
      "step 11 · load-2 of user_ada is answered signed-out",
    ]);
  });

  test("both answers of the issuer are still on their way, and the winner is not yet known", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).present("load-1", rt(ada, 0)).present("load-2", rt(ada, 0));
    tape.rotate(rt(ada, 0), rt(ada, 1)).reject(rt(ada, 0)).refuse("load-2", rt(ada, 0)).answer("load-2", "signed-out");
    expect(verdict(tape)?.slice(0, 2)).toEqual([
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · isolate-1 presents RT F1.g0 again for load-2",
    ]);
  });

  test("a good successor is refused later, because the family died of a reuse before", () => {
    const tape = raceLost()
      .answer("load-1", "signed-in", { set: rt(ada, 1) })
      .wait(300_000);
    const because = verdict(tape.send("load-3", ada).fail("load-3", rt(ada, 1), "revoked").answer("load-3", "signed-out"));
    expect(because).toContain("step 6 · the issuer redeems RT F1.g0: rotated to RT F1.g1");
    expect(because).toContain("step 7 · isolate-2 presents RT F1.g0 again for load-2");
    expect(because).toContain("step 13 · isolate-1 presents RT F1.g1 for load-3");
    expect(because?.at(-1)).toBe("step 16 · load-3 of user_ada is answered signed-out");
  });

  test("another session's reuse ends this one too, and is named", () => {
    const phone = { ...ada, session: "session_phone", family: "F3", jar: "jar-3" };
    const tape = raceLost().end(phone, "reuse");
    tape.events.splice(9, 0, { ...tape.events.at(-1), step: 8 } as never);
    tape.signIn(phone).send("load-9", phone).fail("load-9", rt(phone, 0), "revoked").answer("load-9", "signed-out");
    const because = verdict(tape);
    expect(because).toContain("step 7 · isolate-2 presents RT F1.g0 again for load-2");
    expect(because?.at(-2)).toContain("the issuer rejects RT F3.g0: revoked");
  });

  test("the journal has the end before the rejection of the same step", () => {
    const tape = raceLost()
      .answer("load-1", "signed-in", { set: rt(ada, 1) })
      .send("load-3", ada);
    tape.fail("load-3", rt(ada, 1), "revoked").answer("load-3", "signed-out");
    const end = tape.events.findIndex((event) => event.type === "session-ended");
    tape.events.splice(end - 1, 0, ...tape.events.splice(end, 1));
    expect(verdict(tape)).toContain("step 7 · isolate-2 presents RT F1.g0 again for load-2");
  });

  test("an outage is taken for a verdict", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0), "503");
    expect(verdict(tape.answer("load-1", "signed-out"))).toEqual([
      "step 4 · isolate-1 presents RT F1.g0 for load-1",
      "step 5 · isolate-1 gets no verdict on RT F1.g0 for load-1: 503",
      "step 6 · load-1 of user_ada is answered signed-out",
    ]);
  });

  test("nobody asked the issuer at all", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).answer("load-1", "signed-out");
    expect(verdict(tape)).toEqual(["step 4 · load-1 of user_ada is answered signed-out"]);
  });

  test("the session ends legitimately only after the answer", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).answer("load-1", "signed-out").end(ada, "admin");
    expect(verdict(tape)).not.toBeNull();
  });

  test("another user's session was the one that ended", () => {
    const tape = new Tape().signIn(ada).signIn(bob).end(bob, "admin").send("load-1", ada).answer("load-1", "signed-out");
    expect(verdict(tape)).not.toBeNull();
  });

  test("a late clear of an ended session hits the new sign-in", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    const tape = new Tape().signIn(ada).send("load-1", ada).end(ada, "user").signIn(again);
    expect(verdict(tape.answer("load-1", "signed-out", { set: null }))?.[0]).toContain("load-1 clears RT F3.g0");
  });

  test("a late answer puts the cookie of an ended session over that of the new sign-in", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    const tape = new Tape().signIn(ada).send("load-1", ada).end(ada, "admin").signIn(again);
    expect(verdict(tape.answer("load-1", "signed-out", { set: rt(ada, 0) }))).toEqual([
      "step 7 · load-1 takes jar jar-1 from RT F3.g0 to RT F1.g0",
      "step 7 · load-1 of user_ada is answered signed-out",
    ]);
  });
});

describe("a theft", () => {
  const thief = { ...ada, jar: "jar-thief" };
  const stolen = () => new Tape().signIn(ada).steal(ada, thief);

  test("excuses no logout while the thief keeps still", () => {
    expect(verdict(stolen().send("load-1", ada).answer("load-1", "signed-out"))).not.toBeNull();
  });

  test("excuses the logout of thief and owner once the thief has come, and nobody else's", () => {
    const tape = stolen().signIn(bob).send("theft-1", thief).answer("theft-1", "signed-out");
    expect(verdict(tape.send("load-1", ada).answer("load-1", "signed-out", { set: null }))).toBeNull();
    expect(verdict(tape.send("load-2", bob).answer("load-2", "signed-out"))).not.toBeNull();
  });
});

describe("no-spurious-logout stays silent when", () => {
  test.each<EndCause>(["user", "admin", "expiry", "theft"])("the session was ended by %s", (cause) => {
    const tape = new Tape().signIn(ada).send("load-1", ada).end(ada, cause);
    expect(verdict(tape.fail("load-1", rt(ada, 0)).answer("load-1", "signed-out", { set: null }))).toBeNull();
  });

  test("a user logs out after a reuse had ended the session", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).reject(rt(ada, 0)).end(ada, "reuse").end(ada, "user");
    expect(verdict(tape.answer("load-1", "signed-out"))).toBeNull();
  });

  test("the session ended by reuse and nobody was told so yet", () => {
    expect(
      verdict(
        raceLost()
          .answer("load-1", "signed-in", { set: rt(ada, 1) })
          .answer("load-2", "unavailable"),
      ),
    ).toBeNull();
  });

  test("a visitor without a session is answered signed-out", () => {
    expect(verdict(new Tape().send("load-1", ada).answer("load-1", "signed-out"))).toBeNull();
  });

  test("a new sign-in replaces the cookie of a living session", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    expect(verdict(new Tape().signIn(ada).signIn(again))).toBeNull();
  });

  test("a new sign-in replaces the cookie of an ended session", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    expect(verdict(new Tape().signIn(ada).end(ada, "admin").signIn(again))).toBeNull();
  });

  test("the cookie of one ended session replaces that of another", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    const tape = new Tape().signIn(ada).send("load-1", ada).end(ada, "admin").signIn(again).end(again, "user");
    expect(verdict(tape.answer("load-1", "signed-out", { set: rt(ada, 0) }))).toBeNull();
  });

  test.each(["stale", "unavailable", "other"] as const)("the answer is %s", (answer) => {
    expect(verdict(new Tape().signIn(ada).send("load-1", ada).fail("load-1", rt(ada, 0)).answer("load-1", answer))).toBeNull();
  });

  test("a signed-out answer is lost on its way", () => {
    expect(verdict(raceLost().lose("load-2"))).toBeNull();
  });
});
