import { describe, expect, it } from "vitest";
import { ada, bob, rt, Tape } from "../invariants/events.testing.ts";
import { TimedTally } from "./timed-tally.ts";

const HOUR = 3_600_000;

function tallied(tape: Tape) {
  const tally = new TimedTally(0);
  for (const event of tape.events) tally.on(event);
  return tally.counts(7 * 24 * HOUR, 99);
}

/** A page that finds the token refused: whose cookie is cleared in the same answer. */
const refused = (tape: Tape, load: string, person = ada) => tape.send(load, person).answer(load, "signed-out", { set: null });

describe("what is counted", () => {
  it("are loads, and days on which somebody has any, each person by herself", () => {
    const tape = new Tape().signIn(ada).signIn(bob);
    tape.send("load-1", ada).answer("load-1", "signed-in").send("load-2", ada).answer("load-2", "signed-in");
    tape
      .wait(25 * HOUR)
      .send("load-3", ada)
      .answer("load-3", "signed-in")
      .send("load-4", bob)
      .answer("load-4", "signed-in");
    tape
      .wait(22 * HOUR)
      .send("load-5", bob)
      .answer("load-5", "signed-in");
    expect(tallied(tape)).toMatchObject({ loads: 5, sessionDays: 3, signIns: 2, virtualTime: 7 * 24 * HOUR, steps: 99 });
  });

  it("are refreshes, each once however often it is asked for, and all redemptions", () => {
    const tape = new Tape().signIn(ada);
    tape
      .rotate(rt(ada, 0), rt(ada, 1))
      .replay(rt(ada, 0), rt(ada, 1))
      .replay(rt(ada, 0), rt(ada, 1, 1))
      .reject(rt(ada, 0));
    tape.add({ type: "token-redeemed", token: rt(ada, 1), outcome: "kept", successor: rt(ada, 1), detail: "" });
    expect(tallied(tape)).toMatchObject({ refreshes: 2, redemptions: 5 });
  });
});

describe("a logout", () => {
  it("counts once for a session, however many pages are told of it", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada);
    tape.answer("load-1", "signed-out", { set: null }).answer("load-2", "signed-out");
    expect(tallied(tape).logouts).toBe(1);
  });

  it("counts where the issuer ended the session for reuse", () => {
    const { user, session, family } = ada;
    const tape = new Tape().signIn(ada).add({ type: "session-ended", user, session, family, cause: "reuse", detail: "" });
    expect(tallied(refused(tape, "load-1")).logouts).toBe(1);
  });

  it.each(["user", "admin", "expiry", "theft"] as const)("does not count where the session ended by %s", (cause) => {
    const { user, session, family } = ada;
    const tape = new Tape().signIn(ada).add({ type: "session-ended", user, session, family, cause, detail: "" });
    expect(tallied(refused(tape, "load-1")).logouts).toBe(0);
  });

  it("counts again for the next session of the same person, and for another person's", () => {
    const next = { ...ada, session: "session_next", family: "F3" };
    const tape = refused(refused(new Tape().signIn(ada).signIn(bob), "load-1"), "load-2", bob);
    expect(tallied(refused(tape.signIn(next), "load-3", next)).logouts).toBe(3);
  });
});

describe("the digest", () => {
  const digestOf = (tape: Tape) => {
    const tally = new TimedTally(0);
    for (const event of tape.events) tally.on(event);
    return tally.digest;
  };

  it("is of all that happened and when", () => {
    const tape = () => new Tape().signIn(ada).send("load-1", ada);
    expect(digestOf(tape())).toBe(digestOf(tape()));
    expect(digestOf(tape().answer("load-1", "signed-in"))).not.toBe(digestOf(tape()));
    expect(digestOf(new Tape().signIn(ada).wait(1).send("load-1", ada))).not.toBe(digestOf(tape()));
  });
});
