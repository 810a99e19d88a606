import { describe, expect, it } from "vitest";
import type { RedemptionAnswer } from "../model/event.ts";
import { cannotBeHad } from "./cannot-be-had.ts";
import { ada, bob, type Person, rt, Tape } from "./events.testing.ts";

/** What a client was answered, one presentation after the other. */
function answered(answers: readonly (readonly [Person, RedemptionAnswer])[], replays = false) {
  const state = cannotBeHad.init(replays);
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
    expect(cannotBeHad.has(answered([[ada, lost(ada, 1)]], true), "F1")).toBe(false);
  });

  it.each<[string, RedemptionAnswer]>([
    ["a 503 before the issuer looked", { kind: "fault", detail: "status 503" }],
    ["a rejection", { kind: "rejected" }],
  ])("is not taken by %s", (_, answer) => {
    expect(cannotBeHad.has(answered([[ada, answer]]), "F1")).toBe(false);
  });

  it("is not taken by the loss of an answer to a browser", () => {
    const state = cannotBeHad.init(false);
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
});
