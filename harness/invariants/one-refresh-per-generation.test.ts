import { describe, expect, test } from "vitest";
import { ada, bob, judge, keyOf, rt, Tape } from "./events.testing.ts";
import { oneRefreshPerGeneration } from "./one-refresh-per-generation.ts";

const verdict = (tape: Tape) => judge(oneRefreshPerGeneration, tape);
const [g0, g1, g1b] = [rt(ada, 0), rt(ada, 1), rt(ada, 1, 1)];

/** Two loads are on their way with generation 0. */
const racing = () => new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" });

describe("one-refresh-per-generation breaks when", () => {
  test("two present the token at once", () => {
    expect(verdict(racing().present("load-1", g0).present("load-2", g0))).toEqual([
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · isolate-2 presents RT F1.g0 again for load-2",
    ]);
  });

  test("one isolate presents it twice at once", () => {
    expect(
      verdict(new Tape().signIn(ada).send("load-1", ada).send("load-2", ada).present("load-1", g0).present("load-2", g0)),
    ).not.toBeNull();
  });

  test("it is presented after its success has come, by whoever has not heard of it", () => {
    expect(verdict(racing().refresh("load-1", g0, g1).present("load-2", g0))).toEqual([
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 7 · isolate-1 is issued RT F1.g1 for RT F1.g0 (load-1)",
      "step 8 · isolate-2 presents RT F1.g0 again for load-2",
    ]);
  });

  test("it is presented after its rejection has come", () => {
    expect(verdict(racing().fail("load-1", g0).present("load-2", g0))).not.toBeNull();
  });

  test("a sibling of it is on its way", () => {
    expect(verdict(racing().present("load-1", g1).present("load-2", g1b))).not.toBeNull();
  });

  test("a sibling of it has been settled, and the because tells of that one", () => {
    expect(verdict(racing().refresh("load-1", g1b, rt(ada, 2)).present("load-2", g1))?.[0]).toContain("presents RT F1.g1b for load-1");
  });

  test("the isolate that knew has died, but the store has the successor", () => {
    const tape = racing()
      .refresh("load-1", g0, g1)
      .add({ type: "token-stored", token: g1, isolate: "isolate-1", record: "session" })
      .kill("isolate-1");
    expect(verdict(tape.present("load-2", g0))).not.toBeNull();
  });

  test("one of two on their way has come back with a fault, and it is presented a third time", () => {
    const tape = racing().present("load-1", g0).fault("load-1", g0).present("load-2", g0);
    expect(verdict(tape.present("load-1", g0))?.[0]).toContain("isolate-2 presents RT F1.g0");
  });
});

describe("one-refresh-per-generation stays silent when", () => {
  test("each generation is presented once", () => {
    expect(verdict(racing().refresh("load-1", g0, g1).present("load-2", g1))).toBeNull();
  });

  test("a presentation met a fault, and is repeated", () => {
    expect(verdict(racing().present("load-1", g0).fault("load-1", g0).present("load-2", g0))).toBeNull();
  });

  test("the isolate whose presentation was on its way has died", () => {
    expect(verdict(racing().present("load-1", g0).kill("isolate-1").present("load-2", g0))).toBeNull();
  });

  test("the only isolate that had its answer has died", () => {
    expect(verdict(racing().refresh("load-1", g0, g1).kill("isolate-1").present("load-2", g0))).toBeNull();
  });

  test("the issuer keeps the token, and it is used again afterwards", () => {
    const kept = racing().present("load-1", g0).add({ type: "token-redeemed", token: g0, outcome: "kept", successor: g0, detail: "" });
    expect(verdict(kept.issue("load-1", g0, g0).present("load-2", g0))).toBeNull();
  });

  test("the wire makes two of one", () => {
    const tape = racing().present("load-1", g0);
    expect(verdict(tape.add({ type: "token-repeated", token: g0, isolate: "isolate-1", load: "load-1" }))).toBeNull();
  });

  test("two users refresh at once", () => {
    expect(verdict(racing().signIn(bob).send("load-3", bob).present("load-1", g0).present("load-3", rt(bob, 0)))).toBeNull();
  });
});

test("its key tells how many are on their way, and forgets who was first", () => {
  const key = (tape: Tape) => keyOf(oneRefreshPerGeneration, tape);
  expect(key(racing())).not.toBe(key(racing().present("load-1", g0)));
  const faulted = racing().present("load-1", g0).fault("load-1", g0);
  expect(key(faulted)).toBe(key(racing()));
});
