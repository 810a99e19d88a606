import { describe, expect, test } from "vitest";
import type { AnswerKind, EndCause } from "../model/event.ts";
import { ada, CONTEXT, judge, rt, Tape } from "./events.testing.ts";
import { keyRotationSurvived } from "./key-rotation-survived.ts";

const verdict = (tape: Tape) => judge(keyRotationSurvived, tape);
const [g0, g1, g2] = [rt(ada, 0), rt(ada, 1), rt(ada, 2)];
const BOUND = 60_000;
const ALLOWED = CONTEXT.accessTokenLifetime + CONTEXT.skew;

const keys = (signs: string, ...published: string[]) => ({ type: "keys-changed", signs, published, baked: ["K1"] }) as const;

/** K2 signs from now on, and generation 1 is the first whose access token it signed. */
function rotated(): Tape {
  const tape = new Tape()
    .add(keys("K1", "K1"))
    .signIn(ada)
    .add(keys("K2", "K1", "K2"))
    .send("load-1", ada);
  return tape.refresh("load-1", g0, g1).answer("load-1", "signed-in", { set: g1 });
}

describe("key-rotation-survived breaks when", () => {
  test("a good token of the new key is answered signed-out, at once", () => {
    expect(verdict(rotated().send("load-2", ada).answer("load-2", "signed-out"))).toEqual([
      "step 4 · K2 signs from now on; published: K1, K2",
      "step 7 · the issuer redeems RT F1.g0: rotated to RT F1.g1",
      "step 10 · load-2 of user_ada is sent to isolate-1 with RT F1.g1",
      "step 11 · load-2 of user_ada is answered signed-out",
    ]);
  });

  test.each<AnswerKind>(["unavailable", "other", "stale"])("it is still answered %s after the bound", (answer) => {
    expect(verdict(rotated().wait(BOUND).send("load-2", ada).answer("load-2", answer))).not.toBeNull();
  });

  test("the last fault is long over", () => {
    const tape = rotated()
      .troubled((inside) => inside)
      .wait(BOUND);
    expect(verdict(tape.send("load-2", ada).answer("load-2", "unavailable"))).not.toBeNull();
  });

  test("a token of a retired key is served after its time", () => {
    const tape = rotated()
      .add(keys("K3", "K3"))
      .wait(ALLOWED + 1);
    expect(verdict(tape.send("load-2", ada).answer("load-2", "signed-in"))?.at(-1)).toMatch(
      /signed-in, 330\.001 s after its key left the key set$/,
    );
  });
});

describe("key-rotation-survived stays silent when", () => {
  test("tokens of the new key are served", () => {
    expect(verdict(rotated().wait(BOUND).send("load-2", ada).answer("load-2", "signed-in"))).toBeNull();
  });

  test("the new key is not there yet within the bound", () => {
    expect(
      verdict(
        rotated()
          .wait(BOUND - 1)
          .send("load-2", ada)
          .answer("load-2", "unavailable"),
      ),
    ).toBeNull();
  });

  test("faults may happen, or have just happened", () => {
    expect(
      verdict(
        rotated()
          .wait(BOUND)
          .troubled((tape) => tape.send("load-2", ada).answer("load-2", "unavailable")),
      ),
    ).toBeNull();
    expect(
      verdict(
        rotated()
          .wait(BOUND)
          .troubled((tape) => tape)
          .send("load-2", ada)
          .answer("load-2", "unavailable"),
      ),
    ).toBeNull();
  });

  test("no key was ever rotated", () => {
    const tape = new Tape().signIn(ada).send("load-1", ada).refresh("load-1", g0, g1).answer("load-1", "signed-in", { set: g1 });
    expect(verdict(tape.wait(BOUND).send("load-2", ada).answer("load-2", "unavailable"))).toBeNull();
  });

  test("the token is within the skew, or not the newest", () => {
    const due = rotated().wait(CONTEXT.accessTokenLifetime - CONTEXT.skew);
    expect(verdict(due.send("load-2", ada).answer("load-2", "unavailable"))).toBeNull();
    const behind = rotated().wait(BOUND).send("load-2", ada).refresh("load-2", g1, g2).lose("load-2");
    expect(verdict(behind.send("load-3", ada).answer("load-3", "unavailable"))).toBeNull();
  });

  test.each(["prefetch", "upgrade"] as const)("what is not served is a %s", (purpose) => {
    expect(verdict(rotated().wait(BOUND).send("load-2", ada, { purpose }).answer("load-2", "stale"))).toBeNull();
  });

  test.each<EndCause>(["user", "admin", "expiry", "theft", "reuse"])("the session was ended: %s", (cause) => {
    expect(verdict(rotated().wait(BOUND).send("load-2", ada).end(ada, cause).answer("load-2", "signed-out"))).toBeNull();
  });

  test("a token of the retired key is served within its time, or refused after it", () => {
    const retired = () => rotated().add(keys("K3", "K3"));
    expect(verdict(retired().wait(ALLOWED).send("load-2", ada).answer("load-2", "signed-in"))).toBeNull();
    expect(
      verdict(
        retired()
          .wait(ALLOWED + 1)
          .send("load-2", ada)
          .answer("load-2", "signed-out"),
      ),
    ).toBeNull();
  });

  test("the retired key is published again", () => {
    const tape = rotated()
      .add(keys("K3", "K3"))
      .add(keys("K3", "K2", "K3"))
      .wait(ALLOWED + 1);
    expect(verdict(tape.send("load-2", ada).answer("load-2", "signed-in"))).toBeNull();
  });

  test("the load was lost, and a page of its name comes to a session without a token", () => {
    expect(
      verdict(
        rotated().wait(BOUND).send("load-2", ada).lose("load-2").set("x", ada, null).send("load-2", ada).answer("load-2", "signed-out"),
      ),
    ).toBeNull();
  });
});
