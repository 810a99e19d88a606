import { describe, expect, it } from "vitest";
import type { RedemptionAnswer } from "../model/event.ts";
import { cannotBeHad } from "./cannot-be-had.ts";
import { ada, bob, type Person, rt, Tape } from "./events.testing.ts";

/** What a client was answered, one presentation after the other. */
function answered(answers: readonly (readonly [Person, RedemptionAnswer])[], grace: number | null = null) {
  const state = cannotBeHad.init(grace);
  const tape = new Tape();
  for (const [person, answer] of answers)
    tape.add({ type: "token-answered", token: rt(person, 0), isolate: "isolate-1", load: null, answer });
  for (const event of tape.events) cannotBeHad.on(state, event);
  return state;
}

const issued = (person: Person, generation: number): RedemptionAnswer => ({ kind: "issued", successor: rt(person, generation) });
const lost = (person: Person, generation: number): RedemptionAnswer => ({
  kind: "fault",
  detail: "the answer was lost",
  lost: rt(person, generation),
});

describe("what a family needs", () => {
  it("is there while nothing was lost", () => {
    expect(cannotBeHad.has(answered([]), "F1")).toBe(false);
    expect(cannotBeHad.has(answered([[ada, issued(ada, 1)]]), "F1")).toBe(false);
  });

  it("is gone once a fault has destroyed the only copy of the newest generation", () => {
    expect(cannotBeHad.has(answered([[ada, lost(ada, 1)]]), "F1")).toBe(true);
  });

  it("is gone when it was lost after earlier ones had arrived", () => {
    expect(
      cannotBeHad.has(
        answered([
          [ada, issued(ada, 1)],
          [ada, lost(ada, 2)],
        ]),
        "F1",
      ),
    ).toBe(true);
  });

  it.each([
    ["that same generation", 1],
    ["a newer one", 2],
  ])("is there again when %s reaches an isolate, before or after", (_, generation) => {
    const events = [
      [ada, lost(ada, 1)],
      [ada, issued(ada, generation)],
    ] as const;
    expect(cannotBeHad.has(answered(events), "F1")).toBe(false);
    expect(cannotBeHad.has(answered(events.toReversed()), "F1")).toBe(false);
  });

  it("is not there again because an older generation arrives late", () => {
    expect(
      cannotBeHad.has(
        answered([
          [ada, lost(ada, 2)],
          [ada, issued(ada, 1)],
        ]),
        "F1",
      ),
    ).toBe(true);
  });

  it("is never gone where the issuer replays: the client only has to ask again", () => {
    expect(cannotBeHad.has(answered([[ada, lost(ada, 1)]], 30_000), "F1")).toBe(false);
  });

  it.each<[string, RedemptionAnswer]>([
    ["a 503 before the issuer looked", { kind: "fault", detail: "status 503" }],
    ["a rejection", { kind: "rejected" }],
  ])("is not taken by %s", (_, answer) => {
    expect(cannotBeHad.has(answered([[ada, answer]]), "F1")).toBe(false);
  });

  it("is not taken by the loss of an answer to a browser", () => {
    const state = cannotBeHad.init(null);
    const tape = new Tape().signIn(ada).send("load-1", ada).refresh("load-1", rt(ada, 0), rt(ada, 1)).lose("load-1").finish();
    for (const event of tape.events) cannotBeHad.on(state, event);
    expect(cannotBeHad.has(state, "F1")).toBe(false);
  });

  it("is a matter of that family alone", () => {
    const state = answered([
      [ada, lost(ada, 1)],
      [bob, issued(bob, 1)],
    ]);
    expect([cannotBeHad.has(state, "F1"), cannotBeHad.has(state, "F2"), cannotBeHad.has(state, "")]).toEqual([true, false, false]);
  });
});

/** The state after a run. */
function stateAfter(tape: Tape, grace: number | null = null) {
  const state = cannotBeHad.init(grace);
  for (const event of tape.events) cannotBeHad.on(state, event);
  return state;
}

/** Two loads on two isolates, about to refresh. */
const loading = () => new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" });
const [g0, g1, g2] = [rt(ada, 0), rt(ada, 1), rt(ada, 2)];

describe("an isolate that dies", () => {
  const has = (tape: Tape, grace: number | null = null) => cannotBeHad.has(stateAfter(tape, grace), "F1");

  it("takes the generation with it that it alone was issued", () => {
    expect(has(loading().refresh("load-1", g0, g1).kill("isolate-1"))).toBe(true);
    expect(has(loading().refresh("load-1", g0, g1).kill("isolate-2"))).toBe(false);
  });

  it("takes nothing with it that stands in the store, in a jar, or in another isolate", () => {
    const refreshed = () => loading().refresh("load-1", g0, g1);
    expect(has(refreshed().add({ type: "token-stored", token: g1, isolate: "isolate-1", record: "session" }).kill("isolate-1"))).toBe(
      false,
    );
    expect(has(refreshed().set("load-1", ada, g1).kill("isolate-1"))).toBe(false);
    const replayed = () => refreshed().present("load-2", g0).replay(g0, g1).issue("load-2", g0, g1);
    expect(has(replayed().kill("isolate-1"))).toBe(false);
    expect(has(replayed().kill("isolate-1").kill("isolate-2"))).toBe(true);
  });

  it("is not undone by an older generation that is stored or set afterwards, but by a newer one", () => {
    const dead = () => loading().refresh("load-1", g0, g1).kill("isolate-1");
    expect(has(dead().add({ type: "token-stored", token: g0, isolate: "isolate-2", record: "session" }))).toBe(true);
    expect(has(dead().refresh("load-2", g0, g2))).toBe(false);
  });

  it("is a loss under an issuer that replays only when nobody asked before it was too late", () => {
    const dead = () => loading().wait(1_000).refresh("load-1", g0, g1).kill("isolate-1");
    expect(has(dead().wait(29_999), 30_000)).toBe(false);
    const ignored = dead().wait(30_000).send("load-3", ada, { isolate: "isolate-2" });
    expect(has(ignored, 30_000)).toBe(true);
    expect(has(dead().answer("load-2", "unavailable").wait(30_000).send("load-3", ada), 30_000)).toBe(false);
    // Whoever came when it was too late could not ask any more.
    expect(has(dead().wait(30_000).send("load-3", ada).answer("load-3", "unavailable"), 30_000)).toBe(true);
  });
});

describe("a request whose sender died", () => {
  /** isolate-2 dies while its request is on the wire, isolate-1 has the token rotated, and then the request comes. */
  const takenOver = () => loading().present("load-2", g0).kill("isolate-2").refresh("load-1", g0, g1);
  const late = (tape: Tape) => tape.reject(g0).end(ada, "reuse").drop("load-2", g0);

  it.each([null, 3_000])("dooms the family when the issuer takes it for reuse, with a grace of %j", (grace) => {
    expect(cannotBeHad.has(stateAfter(takenOver(), grace), "F1")).toBe(false);
    expect(cannotBeHad.has(stateAfter(late(takenOver()), grace), "F1")).toBe(true);
  });

  it("and every other family that the issuer ended with it, but none that it ended otherwise", () => {
    const both = takenOver().signIn(bob).reject(g0).end(ada, "reuse").end(bob, "reuse").drop("load-2", g0);
    expect(cannotBeHad.has(stateAfter(both), "F2")).toBe(true);
    const earlier = takenOver().signIn(bob).reject(rt(bob, 0)).end(bob, "reuse").reject(g0).end(ada, "reuse").drop("load-2", g0);
    expect(cannotBeHad.has(stateAfter(earlier), "F2")).toBe(false);
    const apart = takenOver().signIn(bob).end(bob, "admin").reject(g0).end(ada, "reuse").drop("load-2", g0);
    expect(cannotBeHad.has(stateAfter(apart), "F2")).toBe(false);
  });

  it("does not when the issuer only refuses it, or ended the session before", () => {
    expect(cannotBeHad.has(stateAfter(takenOver().reject(g0).drop("load-2", g0)), "F1")).toBe(false);
    expect(cannotBeHad.has(stateAfter(takenOver().reject(g0).end(ada, "reuse").reject(g0).drop("load-2", g0)), "F1")).toBe(false);
  });

  it("is no excuse when another isolate was presenting that generation, or had spent it", () => {
    const racing = loading().present("load-1", g0).present("load-2", g0).kill("isolate-2").rotate(g0, g1).issue("load-1", g0, g1);
    expect(cannotBeHad.has(stateAfter(late(racing)), "F1")).toBe(false);
    const spent = loading().refresh("load-1", g0, g1).present("load-2", g0).kill("isolate-2");
    expect(cannotBeHad.has(stateAfter(late(spent)), "F1")).toBe(false);
  });

  it("is no excuse when another load of the dead isolate was presenting that generation, too", () => {
    const both = loading().send("load-3", ada, { isolate: "isolate-2" }).present("load-2", g0).present("load-3", g0).kill("isolate-2");
    expect(cannotBeHad.has(stateAfter(late(both.refresh("load-1", g0, g1))), "F1")).toBe(false);
  });

  it("is one when the other had been told that nothing came of its own", () => {
    const declined = loading().present("load-1", g0).fault("load-1", g0).present("load-2", g0).kill("isolate-2").refresh("load-1", g0, g1);
    expect(cannotBeHad.has(stateAfter(late(declined)), "F1")).toBe(true);
  });

  it("is no excuse for a living isolate that is late", () => {
    const alive = loading().present("load-2", g0).refresh("load-1", g0, g1);
    expect(cannotBeHad.has(stateAfter(late(alive).kill("isolate-2")), "F1")).toBe(false);
  });
});

describe("an isolate that is dropped while it serves nobody", () => {
  const has = (tape: Tape) => cannotBeHad.has(stateAfter(tape), "F1");

  it("excuses nothing: it had time to keep what it was issued", () => {
    expect(has(loading().refresh("load-1", g0, g1).dropIsolate("isolate-1"))).toBe(false);
    // Started anew, it holds nothing that a death could take.
    expect(has(loading().refresh("load-1", g0, g1).dropIsolate("isolate-1").kill("isolate-1"))).toBe(false);
  });

  it("holds no longer what another still does", () => {
    const both = () => loading().refresh("load-1", g0, g1).present("load-2", g0).replay(g0, g1).issue("load-2", g0, g1);
    expect(has(both().dropIsolate("isolate-1").kill("isolate-2"))).toBe(true);
    expect(has(both().dropIsolate("isolate-1").kill("isolate-1"))).toBe(false);
  });
});

describe("a request that the wire delivers twice", () => {
  const has = (tape: Tape, grace: number | null = null, family = "F1") => cannotBeHad.has(stateAfter(tape, grace), family);
  const twice = () => loading().present("load-1", g0).rotate(g0, g1);
  const reused = (tape: Tape) => tape.repeat("load-1", g0).reject(g0, "already exchanged").end(ada, "reuse");
  /** The copy comes, and what the issuer does of it happens in the same step. */
  const copied = (tape: Tape) => {
    const repeated = tape.repeat("load-1", g0);
    const { step, at } = repeated.events.at(-1) as { step: number; at: number };
    const { user, session, family } = ada;
    repeated.events.push({ type: "token-redeemed", token: g0, outcome: "rejected", successor: null, detail: "", step, at });
    repeated.events.push({ type: "session-ended", user, session, family, cause: "reuse", detail: "", step, at });
    return repeated;
  };

  it.each([null, 3_000])("dooms the family when the issuer takes the copy for reuse, with a grace of %j", (grace) => {
    expect(has(twice().repeat("load-1", g0), grace)).toBe(false);
    expect(has(copied(twice()), grace)).toBe(true);
    expect(has(copied(twice().issue("load-1", g0, g1)), grace)).toBe(true);
    expect(has(copied(twice()), grace, "F2")).toBe(false);
  });

  it("does not when the issuer ended the session in another step", () => {
    expect(has(reused(twice()))).toBe(false);
  });

  it("is no excuse when somebody else was presenting that token too", () => {
    expect(has(copied(twice().present("load-2", g0)))).toBe(false);
    expect(has(copied(twice().present("load-2", g0).refuse("load-2", g0)))).toBe(true);
    expect(has(copied(twice().present("load-2", g1)))).toBe(true);
  });

  it("takes the successor with it whose answer finds nobody, and nothing else", () => {
    expect(has(twice().refuse("load-1", g0).discard("load-1", g0, g1))).toBe(true);
    expect(has(twice().refuse("load-1", g0).discard("load-1", g0, null))).toBe(false);
    expect(has(twice().issue("load-1", g0, g1).discard("load-1", g0, g1))).toBe(false);
  });
});

describe("what is lost of a family that has ended", () => {
  const has = (tape: Tape) => cannotBeHad.has(stateAfter(tape), "F1");
  /** Two loads present the same token: the client's own doing. */
  const reused = () => loading().present("load-1", g0).rotate(g0, g1).present("load-2", g0).reject(g0).end(ada, "reuse");

  it("is no excuse: it was of no use any more", () => {
    expect(has(reused().drop("load-1", g0, g1))).toBe(false);
    expect(has(reused().refuse("load-2", g0).discard("load-1", g0, g1))).toBe(false);
    expect(has(reused().issue("load-1", g0, g1).kill("isolate-1"))).toBe(false);
    expect(has(loading().present("load-1", g0).rotate(g0, g1).drop("load-1", g0, g1).end(ada, "reuse"))).toBe(true);
  });
});

describe("its key", () => {
  it("is the same for the same facts in another order of families", () => {
    const facts = [
      [ada, lost(ada, 1)],
      [bob, issued(bob, 2)],
      [bob, lost(bob, 3)],
    ] as const;
    expect(JSON.stringify(cannotBeHad.key(answered(facts)))).toBe(JSON.stringify(cannotBeHad.key(answered(facts.toReversed()))));
  });

  it("tells what was lost from what was issued", () => {
    const keys = [answered([]), answered([[ada, lost(ada, 1)]]), answered([[ada, issued(ada, 1)]]), answered([[bob, lost(bob, 1)]])].map(
      (state) => JSON.stringify(cannotBeHad.key(state)),
    );
    expect(new Set(keys).size).toBe(4);
  });

  it("tells who is presenting, who died doing so, and what that has doomed", () => {
    const stages = [
      loading(),
      loading().present("load-2", g0),
      loading().present("load-2", g0).kill("isolate-2"),
      loading().present("load-2", g0).kill("isolate-2").reject(g0).drop("load-2", g0),
      loading().present("load-2", g0).kill("isolate-2").reject(g0).end(ada, "reuse").drop("load-2", g0),
    ].map((tape) => JSON.stringify(cannotBeHad.key(stateAfter(tape))));
    expect(new Set(stages).size).toBe(4);
    expect(stages[3]).toBe(stages[0]);
  });
});
