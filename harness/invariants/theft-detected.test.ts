import { describe, expect, test } from "vitest";
import type { AnswerKind, EndCause } from "../model/event.ts";
import { ada, judge, rt, Tape } from "./events.testing.ts";
import { theftDetected } from "./theft-detected.ts";

const verdict = (tape: Tape) => judge(theftDetected, tape);
const thief = { ...ada, jar: "jar-thief" };
const WINDOW = 60_000;

/** Generation 0 is stolen; its owner goes on to generation 1 and presents it. */
function stolen(): Tape {
  const tape = new Tape().signIn(ada).steal(ada, thief);
  tape
    .send("load-1", ada)
    .refresh("load-1", rt(ada, 0), rt(ada, 1))
    .answer("load-1", "signed-in", { set: rt(ada, 1) });
  return tape.send("load-2", ada).answer("load-2", "signed-in");
}

/** The thief comes back late and is answered so. */
const caught = (answer: AnswerKind = "signed-out") => stolen().wait(WINDOW).send("theft-1", thief).answer("theft-1", answer);

describe("theft-detected breaks when", () => {
  test("the thief is served after the window", () => {
    expect(verdict(caught("signed-in"))).toEqual([
      "step 3 · somebody copies jar jar-1 with RT F1.g0 to jar-thief",
      "step 9 · load-2 of user_ada is sent to isolate-1 with RT F1.g1",
      "step 11 · theft-1 of user_ada is sent to isolate-1 with RT F1.g0",
      "step 12 · theft-1 of user_ada is answered signed-in",
    ]);
  });

  test.each<AnswerKind>(["signed-out", "stale", "other"])("the thief is answered %s, and the session goes on", (answer) => {
    expect(verdict(caught(answer).send("load-3", ada).answer("load-3", "signed-in"))?.at(-1)).toContain(
      "load-3 of user_ada is answered signed-in",
    );
  });

  test("the thief is turned away, and the issuer never hears of it", () => {
    expect(verdict(caught().send("load-3", ada).answer("load-3", "signed-out").finish())?.at(-1)).toMatch(
      /^step \d+ · the run ends, and the session lives on at the issuer$/,
    );
  });

  test("it is the owner who is late, since the thief was first to go on", () => {
    const tape = new Tape().signIn(ada).steal(ada, thief).send("theft-1", thief);
    tape.refresh("theft-1", rt(ada, 0), rt(ada, 1)).answer("theft-1", "signed-in", { set: rt(ada, 1) });
    tape.send("theft-2", thief).answer("theft-2", "signed-in").wait(WINDOW);
    expect(verdict(tape.send("load-1", ada).answer("load-1", "signed-in"))).not.toBeNull();
  });
});

describe("theft-detected stays silent when", () => {
  test("the session is ended as the thief is found out", () => {
    const tape = stolen().wait(WINDOW).send("theft-1", thief).end(ada, "admin", "revoked").answer("theft-1", "signed-out");
    expect(verdict(tape.send("load-3", ada).answer("load-3", "signed-out").finish())).toBeNull();
  });

  test("the thief is within the window", () => {
    expect(
      verdict(
        stolen()
          .wait(WINDOW - 1)
          .send("theft-1", thief)
          .answer("theft-1", "signed-in")
          .finish(),
      ),
    ).toBeNull();
  });

  test("the newer generation has not been presented yet", () => {
    const tape = new Tape().signIn(ada).steal(ada, thief);
    tape
      .send("load-1", ada)
      .refresh("load-1", rt(ada, 0), rt(ada, 1))
      .answer("load-1", "signed-in", { set: rt(ada, 1) });
    expect(
      verdict(
        tape
          .wait(10 * WINDOW)
          .send("theft-1", thief)
          .answer("theft-1", "signed-in")
          .finish(),
      ),
    ).toBeNull();
  });

  test("a cookie comes late that nobody has stolen", () => {
    const late = { ...ada, jar: "jar-late" };
    const tape = new Tape()
      .signIn(ada)
      .set("sign-in", late, rt(ada, 0))
      .send("load-1", ada)
      .answer("load-1", "signed-in", { set: rt(ada, 1) });
    tape.send("load-2", ada).answer("load-2", "signed-in").wait(WINDOW);
    expect(verdict(tape.send("load-3", late).answer("load-3", "signed-out").finish())).toBeNull();
  });

  test("nobody can say now, and nothing follows", () => {
    expect(verdict(caught("unavailable").send("load-3", ada).answer("load-3", "signed-in").finish())).toBeNull();
  });

  test("the thief's answer is lost", () => {
    expect(verdict(stolen().wait(WINDOW).send("theft-1", thief).lose("theft-1").finish())).toBeNull();
  });

  test("a load was sent before the thief was found out", () => {
    const tape = stolen().wait(WINDOW).send("load-3", ada).send("theft-1", thief).end(ada, "admin").answer("theft-1", "signed-out");
    expect(verdict(tape.answer("load-3", "signed-in").finish())).toBeNull();
  });

  test("a fault may have kept the issuer out of reach", () => {
    expect(verdict(caught().add({ type: "fault", fault: "issuer-503", detail: "" }).finish())).toBeNull();
  });

  test.each<EndCause>(["user", "admin", "expiry", "reuse"])("the session had been ended before: %s", (cause) => {
    expect(verdict(stolen().end(ada, cause).wait(WINDOW).send("theft-1", thief).answer("theft-1", "signed-out").finish())).toBeNull();
  });

  test("what is stolen is an empty jar", () => {
    expect(verdict(new Tape().steal(ada, thief).send("theft-1", thief).answer("theft-1", "signed-out").finish())).toBeNull();
  });
});
