import { describe, expect, test } from "vitest";
import type { MonitorContext } from "../model/invariant.ts";
import { ada, bob, CONTEXT, judge, rt, Tape } from "./events.testing.ts";
import { revocationScoped } from "./revocation-scoped.ts";

const phone = { ...ada, session: "session_phone", family: "F3", jar: "jar-3" };
const signedIn = () => new Tape().signIn(ada).signIn(phone).signIn(bob);
const verdict = (tape: Tape, context: Partial<MonitorContext> = {}) => judge(revocationScoped, tape, { ...CONTEXT, ...context });

describe("revocation-scoped breaks when", () => {
  test("reuse in one family ends another session of its user, and the profile does not say so", () => {
    const tape = signedIn().send("load-1", ada).present("load-1", rt(ada, 0)).reject(rt(ada, 0), "spent").end(phone, "reuse", "too late");
    expect(verdict(tape)).toEqual(["step 9 · the issuer rejects RT F1.g0: spent", "step 9 · session of user_ada ended: reuse (too late)"]);
  });

  test("it ends a session of another user, even where the profile ends all of one user", () => {
    expect(verdict(signedIn().reject(rt(ada, 0)).end(bob, "reuse"), { reuseEnds: "user" })).not.toBeNull();
  });

  test("a session ends for reuse although nothing of it was refused just then", () => {
    expect(verdict(signedIn().reject(rt(ada, 0)).add({ type: "run-ended" }).end(ada, "reuse"))).not.toBeNull();
  });

  test("a request of one session has the issuer end another", () => {
    const asked = { type: "revocation-asked", isolate: "isolate-1", load: "load-1", session: phone.session } as const;
    expect(verdict(signedIn().send("load-1", ada).add(asked))).toEqual([
      "step 7 · load-1 of user_ada is sent to isolate-1 with RT F1.g0",
      "step 8 · isolate-1 asks the issuer to end session_phone for load-1",
    ]);
  });
});

describe("revocation-scoped stays silent when", () => {
  test("reuse ends the family that it was in", () => {
    expect(verdict(signedIn().reject(rt(ada, 0)).end(ada, "reuse"))).toBeNull();
  });

  test("it ends all of the user, as the profile says", () => {
    expect(verdict(signedIn().reject(rt(ada, 0)).end(ada, "reuse").end(phone, "reuse"), { reuseEnds: "user" })).toBeNull();
  });

  test.each(["user", "admin", "expiry", "theft"] as const)("another session ends for %s in the same step", (cause) => {
    const { user, session, family } = phone;
    const ended = { type: "session-ended", user, session, family, cause, detail: "" } as const;
    expect(verdict(signedIn().reject(rt(ada, 0)).add(ended, true))).toBeNull();
  });

  test.each([
    ["its own session", "load-1", ada.session],
    ["a session, for no load", null, phone.session],
    ["a session, for a load that has none", "load-2", phone.session],
  ])("somebody has the issuer end %s", (_, load, session) => {
    const tape = signedIn()
      .send("load-1", ada)
      .send("load-2", { ...ada, jar: "jar-empty" });
    expect(verdict(tape.add({ type: "revocation-asked", isolate: "isolate-1", load, session }))).toBeNull();
  });

  test("a load of that name has long been answered", () => {
    const asked = { type: "revocation-asked", isolate: "isolate-1", load: "load-1", session: phone.session } as const;
    expect(verdict(signedIn().send("load-1", ada).answer("load-1", "signed-in").add(asked))).toBeNull();
    expect(verdict(signedIn().send("load-1", ada).lose("load-1").add(asked))).toBeNull();
  });
});
