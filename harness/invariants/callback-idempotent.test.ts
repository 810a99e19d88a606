import { describe, expect, test } from "vitest";
import type { EventBody } from "../model/event.ts";
import { callbackIdempotent } from "./callback-idempotent.ts";
import { answered, committed, judge, keyAfter, NOTHING, provisioned, sent } from "./stored.testing.ts";

const ada = provisioned("user_ada", "k1");
const first: readonly EventBody[] = [sent("r1", "k1"), committed(ada, { request: "r1" }), answered("r1", "k1", "A")];

describe("callback-idempotent", () => {
  test("holds when a key is answered once, and the same again", () => {
    expect(judge(callbackIdempotent, [...first, sent("r2", "k1"), answered("r2", "k1", "A")])).toBeNull();
  });

  test("holds when a request that came before the answer was stored writes it, whoever was first", () => {
    const both = [
      sent("r1", "k1"),
      sent("r2", "k1"),
      committed(ada, { request: "r2" }),
      answered("r2", "k1", "A"),
      answered("r1", "k1", "A"),
    ];
    expect(judge(callbackIdempotent, both)).toBeNull();
  });

  test("holds when another key has another answer, and when others write while a replay is under way", () => {
    const bob = provisioned("user_bob", "k2");
    const both = { ...ada, records: [...ada.records, ...bob.records] };
    const events = [
      ...first,
      sent("r2", "k1"),
      sent("r3", "k2"),
      committed(both, { request: "r3" }),
      answered("r3", "k2", "B"),
      answered("r2", "k1", "A"),
    ];
    expect(judge(callbackIdempotent, events)).toBeNull();
  });

  test("holds when a request fails and its repetition writes", () => {
    const failed: EventBody = { type: "request-failed", request: "r1", user: "user_ada", key: "k1", reason: "unavailable" };
    expect(
      judge(callbackIdempotent, [sent("r1", "k1"), failed, sent("r2", "k1"), committed(ada, { request: "r2" }), answered("r2", "k1", "A")]),
    ).toBeNull();
  });

  test("says nothing of requests without a key", () => {
    const events: readonly EventBody[] = [
      { type: "request-sent", request: "r1", user: "user_ada", key: null, isolate: "isolate-1" },
      committed(NOTHING, { request: "r1" }),
      ...["A", "B"].map(
        (answer) => ({ type: "request-answered", request: "r1", user: "user_ada", key: null, isolate: "isolate-1", answer }) as const,
      ),
    ];
    expect(judge(callbackIdempotent, events)).toBeNull();
  });

  test("is broken by another answer under the same key", () => {
    expect(judge(callbackIdempotent, [...first, sent("r2", "k1"), answered("r2", "k1", "B")])).toEqual([
      "step 3 · r1 of user_ada is answered",
      "step 5 · r2 of user_ada is answered",
      "step 5 · key k1 has two answers",
    ]);
  });

  test("is broken by an answer that is not stored, or not yet", () => {
    expect(judge(callbackIdempotent, [sent("r1", "k1"), answered("r1", "k1", "A"), committed(ada, { request: "r1" })])).toEqual([
      "step 2 · r1 of user_ada is answered",
      "step 2 · no answer of key k1 is stored",
    ]);
    const inFlight = { ...NOTHING, records: [{ key: "k1", subject: "user_ada", isAnswered: false }] };
    expect(judge(callbackIdempotent, [sent("r1", "k1"), committed(inFlight, { request: "r1" }), answered("r1", "k1", "A")])).not.toBeNull();
  });

  test("is broken by a replay that changes what is stored", () => {
    expect(judge(callbackIdempotent, [...first, sent("r2", "k1"), committed(ada, { request: "r2" })])).toEqual([
      expect.stringMatching(/^step 2 · isolate-1 commits for r1: /),
      "step 4 · r2 of user_ada is sent to isolate-1 with key k1",
      expect.stringMatching(/^step 5 · isolate-1 commits for r2: /),
      "step 5 · r2 is a replay, and changes what is stored",
    ]);
  });

  test("its key tells what later verdicts depend on, and no steps", () => {
    const replaying = keyAfter(callbackIdempotent, [...first, sent("r2", "k1")]);
    expect(replaying).not.toBe(keyAfter(callbackIdempotent, first));
    expect(keyAfter(callbackIdempotent, first)).not.toBe(keyAfter(callbackIdempotent, first.slice(0, 2)));
    expect(keyAfter(callbackIdempotent, [committed(NOTHING), ...first])).toBe(keyAfter(callbackIdempotent, first));
  });
});
