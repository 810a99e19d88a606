import { describe, expect, test } from "vitest";
import type { EndCause } from "../model/event.ts";
import { ada, bob, CONTEXT, judge, keyOf, rt, Tape } from "./events.testing.ts";
import { successorDurable } from "./successor-durable.ts";

const verdict = (tape: Tape) => judge(successorDurable, tape);
const [g0, g1, g2] = [rt(ada, 0), rt(ada, 1), rt(ada, 2)];
const stored = { type: "token-stored", token: g1, isolate: "isolate-1", record: "session" } as const;

/** The issuer has issued generation 1 to isolate-1, for load-1. */
const refreshed = () => new Tape().signIn(ada).send("load-1", ada).refresh("load-1", g0, g1);
/** It was served and put nowhere. */
const discarded = () => refreshed().answer("load-1", "signed-in");

describe("successor-durable breaks when", () => {
  test("a successor is used and put nowhere, and its parent is refused", () => {
    expect(
      verdict(
        discarded().send("load-2", ada).present("load-2", g0).reject(g0, "spent").refuse("load-2", g0).answer("load-2", "signed-out"),
      ),
    ).toEqual([
      "step 5 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 6 · isolate-1 is issued RT F1.g1 for RT F1.g0 (load-1)",
      "step 10 · the issuer rejects RT F1.g0: spent",
      "step 12 · load-2 of user_ada is answered signed-out",
    ]);
  });

  test("its answer to the browser was lost, and it stood nowhere else", () => {
    const tape = refreshed().lose("load-1").send("load-2", ada, { isolate: "isolate-2" }).fail("load-2", g0);
    expect(verdict(tape)?.at(-1)).toContain("isolate-2 is told that RT F1.g0 is rejected");
  });

  test("the issuer's answer was lost, and the client asked again when it was too late", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", g0).rotate(g0, g1).drop("load-1", g0, g1);
    expect(verdict(tape.answer("load-1", "unavailable").wait(60_000).send("load-2", ada).fail("load-2", g0))).not.toBeNull();
  });

  test("the only isolate that had it dies with the load that was to bring it", () => {
    const racing = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" });
    const tape = racing.refresh("load-1", g0, g1).fail("load-2", g0);
    expect(verdict(tape.kill("isolate-1"))?.at(-1)).toContain("isolate-1 is killed");
    const state = successorDurable.init(CONTEXT);
    for (const event of tape.events) successorDurable.on(state, event);
    expect(successorDurable.family?.(state)).toBe("F1");
  });

  test("the session was ended for the very reuse that came of it", () => {
    expect(
      verdict(discarded().send("load-2", ada).present("load-2", g0).reject(g0).end(ada, "reuse").refuse("load-2", g0).lose("load-2")),
    ).not.toBeNull();
  });

  test("the refusal of a copy is what the isolate gets, and the successor finds nobody", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", g0).rotate(g0, g1).repeat("load-1", g0).reject(g0);
    expect(verdict(tape.refuse("load-1", g0).discard("load-1", g0, g1))).toEqual([
      "step 5 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 6 · the wire presents RT F1.g0 of isolate-1 once more for load-1",
      "step 7 · the issuer rejects RT F1.g0: invalid_grant",
      "step 8 · the other answer to isolate-1 for load-1 finds nobody: RT F1.g1 is lost",
    ]);
  });

  test("the parent of the successor was kept, but not the successor of that", () => {
    const tape = refreshed().answer("load-1", "signed-in", { set: g1 }).send("load-2", ada).refresh("load-2", g1, g2);
    expect(
      verdict(tape.answer("load-2", "signed-in").send("load-3", ada).fail("load-3", g1).answer("load-3", "signed-out")),
    ).not.toBeNull();
  });
});

describe("a token that the issuer keeps", () => {
  const kept = { type: "token-redeemed", token: g0, outcome: "kept", successor: g0, detail: "" } as const;
  const used = () => new Tape().signIn(ada).send("load-1", ada).present("load-1", g0).add(kept).issue("load-1", g0, g0);

  test("is destroyed by an answer that removes the only copy", () => {
    expect(verdict(used().answer("load-1", "signed-in", { set: null }))).toEqual([
      "step 5 · the issuer redeems RT F1.g0, which lives on",
      "step 6 · isolate-1 is told to go on with RT F1.g0 (load-1)",
      "step 7 · load-1 clears RT F1.g0 from jar jar-1",
    ]);
  });

  test("may be removed where the store has it, or once its session has ended or it was refused", () => {
    const inStore = { type: "token-stored", token: g0, isolate: "isolate-1", record: "session" } as const;
    expect(verdict(used().add(inStore).answer("load-1", "signed-in", { set: null }))).toBeNull();
    expect(verdict(used().end(ada, "admin").answer("load-1", "signed-out", { set: null }))).toBeNull();
    expect(verdict(used().reject(g0).answer("load-1", "signed-out", { set: null }))).toBeNull();
  });
});

describe("successor-durable stays silent when", () => {
  test("the jar has it when its parent is refused", () => {
    expect(
      verdict(refreshed().answer("load-1", "signed-in", { set: g1 }).send("load-2", ada).fail("load-2", g0).answer("load-2", "signed-out")),
    ).toBeNull();
  });

  test("the store has it", () => {
    expect(
      verdict(refreshed().add(stored).lose("load-1").kill("isolate-1").send("load-2", ada, { isolate: "isolate-2" }).fail("load-2", g0)),
    ).toBeNull();
  });

  test("the load that fetched it is still to bring it", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).refresh("load-1", g0, g1);
    expect(verdict(tape.fail("load-2", g0).answer("load-2", "signed-out").answer("load-1", "signed-in", { set: g1 }))).toBeNull();
  });

  test("another load at that isolate, which shares the flight, is still to bring it", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).send("load-3", ada, { isolate: "isolate-2" });
    tape.refresh("load-1", g0, g1).lose("load-1").fail("load-3", g0).answer("load-3", "signed-out");
    expect(verdict(tape.answer("load-2", "signed-in", { set: g1 }))).toBeNull();
  });

  test("the issuer's answer is still on its way", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).present("load-1", g0).present("load-2", g0);
    tape.rotate(g0, g1).reject(g0).refuse("load-2", g0).answer("load-2", "signed-out");
    expect(verdict(tape.issue("load-1", g0, g1).answer("load-1", "signed-in", { set: g1 }))).toBeNull();
  });

  test("a copy of the request that fetched it is refused, while the answer to the other is on its way", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", g0).rotate(g0, g1).repeat("load-1", g0).reject(g0);
    expect(verdict(tape)).toBeNull();
    expect(verdict(tape.issue("load-1", g0, g1).discard("load-1", g0, null).answer("load-1", "signed-in", { set: g1 }))).toBeNull();
  });

  test("the parent is not refused: it is replayed, or nobody asks", () => {
    expect(verdict(discarded().finish())).toBeNull();
    expect(
      verdict(
        discarded()
          .send("load-2", ada)
          .present("load-2", g0)
          .replay(g0, g1)
          .issue("load-2", g0, g1)
          .answer("load-2", "signed-in", { set: g1 }),
      ),
    ).toBeNull();
  });

  test("the issuer keeps the token", () => {
    const kept = { type: "token-redeemed", token: g0, outcome: "kept", successor: g0, detail: "" } as const;
    expect(
      verdict(
        new Tape().signIn(ada).send("load-1", ada).present("load-1", g0).add(kept).issue("load-1", g0, g0).answer("load-1", "signed-in"),
      ),
    ).toBeNull();
  });

  test("what is refused is the newest token itself, or another session's", () => {
    expect(verdict(discarded().send("load-2", ada).fail("load-2", g1))).toBeNull();
    expect(verdict(discarded().signIn(bob).send("load-2", bob).fail("load-2", rt(bob, 0)).answer("load-2", "signed-out"))).toBeNull();
  });

  test.each<EndCause>(["user", "admin", "expiry", "theft"])("the session was ended: %s", (cause) => {
    expect(verdict(discarded().end(ada, cause).send("load-2", ada).fail("load-2", g0).answer("load-2", "signed-out"))).toBeNull();
  });

  test("the refusal came before the successor, as where two swap at once", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).fail("load-2", g0).refresh("load-1", g0, g1);
    expect(verdict(tape.answer("load-2", "signed-out").answer("load-1", "signed-in", { set: g1 }))).toBeNull();
  });
});

test("its key tells who has the successor, and whether its parent was refused", () => {
  const key = (tape: Tape) => keyOf(successorDurable, tape);
  expect(key(refreshed())).not.toBe(key(refreshed().add(stored)));
  expect(key(refreshed())).not.toBe(key(refreshed().reject(g0)));
  expect(key(refreshed())).not.toBe(key(refreshed().kill("isolate-2").kill("isolate-1")));
});
