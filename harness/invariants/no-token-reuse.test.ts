import { describe, expect, test } from "vitest";
import { ada, bob, judge, rt, Tape } from "./events.testing.ts";
import { noTokenReuse } from "./no-token-reuse.ts";

const verdict = (tape: Tape) => judge(noTokenReuse, tape);

/** Two loads are on their way with g0; the first one's refresh has been answered. */
function flightSettled(isolate = "isolate-1"): Tape {
  return new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate }).refresh("load-1", rt(ada, 0), rt(ada, 1));
}

describe("no-token-reuse breaks when", () => {
  test("a token that the issuer has kept is presented after it was rotated", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).issue("load-1", rt(ada, 0), rt(ada, 0));
    expect(verdict(tape.refresh("load-1", rt(ada, 0), rt(ada, 1)).present("load-1", rt(ada, 0)))).not.toBeNull();
  });

  test("a load presents the same token after the flight has settled", () => {
    expect(verdict(flightSettled().present("load-2", rt(ada, 0)))).toEqual([
      "step 5 · isolate-1 presents RT F1.g0 for load-1",
      "step 6 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 7 · isolate-1 is issued RT F1.g1 for RT F1.g0 (load-1)",
      "step 8 · isolate-1 presents RT F1.g0 again for load-2",
    ]);
  });

  test("another isolate holds the success", () => {
    expect(verdict(flightSettled("isolate-2").present("load-2", rt(ada, 0)))?.at(-1)).toBe(
      "step 8 · isolate-2 presents RT F1.g0 again for load-2",
    );
  });

  test("the token was rejected before", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).fail("load-1", rt(ada, 0), "unknown").present("load-1", rt(ada, 0));
    expect(verdict(tape)).toEqual([
      "step 4 · isolate-1 presents RT F1.g0 for load-1",
      "step 5 · the issuer rejects RT F1.g0: unknown",
      "step 6 · isolate-1 is told that RT F1.g0 is rejected (load-1)",
      "step 7 · isolate-1 presents RT F1.g0 again for load-1",
    ]);
  });

  test("a fault came first and a success after", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).fault("load-1", rt(ada, 0));
    tape.refresh("load-1", rt(ada, 0), rt(ada, 1)).present("load-1", rt(ada, 0));
    expect(verdict(tape)?.[0]).toBe("step 6 · isolate-1 presents RT F1.g0 again for load-1");
  });

  test("the issuer does not mind, since it would replay the same pair", () => {
    expect(verdict(flightSettled().present("load-2", rt(ada, 0)).replay(rt(ada, 0), rt(ada, 1)))).not.toBeNull();
  });

  test("the session has ended since", () => {
    expect(verdict(flightSettled().end(ada, "admin").present("load-2", rt(ada, 0)))).not.toBeNull();
  });
});

describe("no-token-reuse stays silent when", () => {
  test("the issuer keeps the token, which is there to be presented again", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).issue("load-1", rt(ada, 0), rt(ada, 0));
    expect(verdict(tape.present("load-1", rt(ada, 0)))).toBeNull();
  });

  test("two isolates present the same token while nobody has an answer", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).send("load-2", ada, { isolate: "isolate-2" });
    tape.present("load-1", rt(ada, 0)).rotate(rt(ada, 0), rt(ada, 1)).present("load-2", rt(ada, 0)).reject(rt(ada, 0));
    expect(verdict(tape.issue("load-1", rt(ada, 0), rt(ada, 1)).refuse("load-2", rt(ada, 0)))).toBeNull();
  });

  test("a fault left it open whether the token was spent", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).present("load-1", rt(ada, 0)).rotate(rt(ada, 0), rt(ada, 1));
    expect(verdict(tape.fault("load-1", rt(ada, 0), "no answer").present("load-1", rt(ada, 0)))).toBeNull();
  });

  test("the successor is presented", () => {
    const tape = flightSettled().answer("load-1", "signed-in", { set: rt(ada, 1) });
    expect(verdict(tape.send("load-3", ada).refresh("load-3", rt(ada, 1), rt(ada, 2)))).toBeNull();
  });

  test("a sibling of a spent token is presented", () => {
    const tape = flightSettled()
      .answer("load-1", "signed-in", { set: rt(ada, 1) })
      .send("load-3", ada);
    expect(verdict(tape.refresh("load-3", rt(ada, 1), rt(ada, 2)).present("load-2", rt(ada, 1, 1)))).toBeNull();
  });

  test("another family's token of the same generation is presented", () => {
    expect(verdict(flightSettled().signIn(bob).send("load-3", bob).present("load-3", rt(bob, 0)))).toBeNull();
  });
});
