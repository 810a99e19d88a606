import { describe, expect, test } from "vitest";
import { ada, bob, judge, keyOf, rt, Tape } from "./events.testing.ts";
import { outageIsNotLogout } from "./outage-is-not-logout.ts";

const verdict = (tape: Tape) => judge(outageIsNotLogout, tape);

/** The issuer is down when load-1 refreshes. */
function outage(): Tape {
  return new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0), "503");
}

describe("outage-is-not-logout breaks when", () => {
  test("the load that met the fault is answered signed-out", () => {
    expect(verdict(outage().answer("load-1", "signed-out"))).toEqual([
      "step 4 · isolate-1 presents RT F1.g0 for load-1",
      "step 5 · isolate-1 gets no verdict on RT F1.g0 for load-1: 503",
      "step 6 · load-1 of user_ada is answered signed-out",
    ]);
  });

  test("the cookie is cleared, and the fault that the explorer chose is named", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).add({ type: "fault", fault: "lose-response", detail: "after commit" });
    tape.present("load-1", rt(ada, 0)).rotate(rt(ada, 0), rt(ada, 1)).fault("load-1", rt(ada, 0), "no answer");
    expect(verdict(tape.answer("load-1", "signed-out", { set: null }))).toEqual([
      "step 4 · fault lose-response: after commit",
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 7 · isolate-1 gets no verdict on RT F1.g0 for load-1: no answer",
      "step 8 · load-1 clears RT F1.g0 from jar jar-1",
      "step 8 · load-1 of user_ada is answered signed-out",
    ]);
  });

  test("the loser's fault clears the cookie that the winner on another isolate has set", () => {
    const tape = outage().send("load-2", ada, { isolate: "isolate-2" }).refresh("load-2", rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.answer("load-2", "signed-in", { set: rt(ada, 1) }).answer("load-1", "signed-out", { set: null }))).not.toBeNull();
  });

  test("a load that joined the flight is answered signed-out", () => {
    expect(verdict(outage().send("load-2", ada).answer("load-2", "signed-out"))).not.toBeNull();
  });

  test("the only rejection was of an older generation", () => {
    const tape = new Tape()
      .signIn(ada)
      .send("load-1", ada)
      .fail("load-1", rt(ada, 0))
      .answer("load-1", "signed-in", { set: rt(ada, 1) });
    expect(
      verdict(tape.send("load-2", ada).present("load-2", rt(ada, 1)).fault("load-2", rt(ada, 1)).answer("load-2", "signed-out")),
    ).not.toBeNull();
  });

  test("a reuse has ended the session, but this isolate only met a fault", () => {
    expect(verdict(outage().end(ada, "reuse").answer("load-1", "signed-out"))).not.toBeNull();
  });
});

describe("outage-is-not-logout stays silent when", () => {
  test("the fault is answered unavailable", () => {
    expect(verdict(outage().answer("load-1", "unavailable"))).toBeNull();
  });

  test("the session ended legitimately, before or after the fault", () => {
    expect(verdict(outage().end(ada, "admin").answer("load-1", "signed-out", { set: null }))).toBeNull();
    const tape = new Tape().signIn(ada).end(ada, "expiry").send("load-1", ada).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0));
    expect(verdict(tape.answer("load-1", "signed-out"))).toBeNull();
  });

  test("a thief has come with a stolen cookie, before or after the fault", () => {
    const thief = { ...ada, jar: "jar-thief" };
    const tape = new Tape().signIn(ada).steal(ada, thief).send("load-1", ada).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0));
    tape.send("theft-1", thief).present("theft-1", rt(ada, 0)).fault("theft-1", rt(ada, 0));
    expect(verdict(tape.answer("load-1", "signed-out").answer("theft-1", "signed-out"))).toBeNull();
  });

  test("a retry was definitively rejected: whatever that is, it is no outage", () => {
    expect(verdict(outage().fail("load-1", rt(ada, 0)).answer("load-1", "signed-out"))).toBeNull();
  });

  test("a fault follows the rejection of the same generation", () => {
    const tape = new Tape()
      .signIn(ada)
      .send("load-1", ada)
      .fail("load-1", rt(ada, 0))
      .present("load-1", rt(ada, 0))
      .fault("load-1", rt(ada, 0));
    expect(verdict(tape.answer("load-1", "signed-out"))).toBeNull();
  });

  test("a retry succeeded", () => {
    const tape = outage()
      .refresh("load-1", rt(ada, 0), rt(ada, 1))
      .answer("load-1", "signed-in", { set: rt(ada, 1) });
    expect(verdict(tape.send("load-2", ada).answer("load-2", "signed-out"))).toBeNull();
  });

  test("the fault was met by another isolate", () => {
    expect(verdict(outage().send("load-2", ada, { isolate: "isolate-2" }).answer("load-2", "signed-out"))).toBeNull();
  });

  test("the fault was met with another session's token", () => {
    expect(verdict(outage().signIn(bob).send("load-2", bob).answer("load-2", "signed-out"))).toBeNull();
  });

  test("who is answered signed-out held nothing", () => {
    const guest = { ...bob, jar: "jar-3" };
    expect(verdict(outage().send("load-2", guest).answer("load-2", "signed-out"))).toBeNull();
  });
});

describe("the key of outage-is-not-logout tells apart", () => {
  const key = (tape: Tape) => keyOf(outageIsNotLogout, tape);
  const asked = () => new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0));

  test("a fault, a rejection and a success", () => {
    const keys = [
      key(asked().fault("load-1", rt(ada, 0))),
      key(asked().refuse("load-1", rt(ada, 0))),
      key(asked().issue("load-1", rt(ada, 0), rt(ada, 1))),
    ];
    expect(new Set(keys).size).toBe(3);
  });

  test("nothing that a success has made good", () => {
    expect(key(outage().refresh("load-1", rt(ada, 0), rt(ada, 1)))).toBe(key(asked()));
  });
});
