import { describe, expect, test } from "vitest";
import type { EndCause } from "../model/event.ts";
import { endedIsEnded } from "./ended-is-ended.ts";
import { ada, bob, CONTEXT, judge, rt, Tape } from "./events.testing.ts";

const verdict = (tape: Tape) => judge(endedIsEnded, tape);
const allowed = CONTEXT.accessTokenLifetime + CONTEXT.skew;

function endedAgo(duration: number, cause: EndCause = "admin"): Tape {
  return new Tape().signIn(ada).end(ada, cause, "by hand").wait(duration);
}

describe("ended-is-ended breaks when", () => {
  test.each<EndCause>(["user", "admin", "expiry", "theft", "reuse"])(
    "a session ended by %s is still signed in after the bound",
    (cause) => {
      const because = verdict(
        endedAgo(allowed + 1000, cause)
          .send("load-1", ada)
          .answer("load-1", "signed-in"),
      );
      expect(because?.map((line) => line.replace(/^step \d+ · /, ""))).toEqual([
        `session of user_ada ended: ${cause} (by hand)`,
        "load-1 of user_ada is sent to isolate-1 with RT F1.g0",
        "load-1 of user_ada is answered signed-in, sent 331 s after the end (330 s are allowed)",
      ]);
    },
  );

  test("only an earlier load met an issuer that was down", () => {
    const tape = endedAgo(allowed)
      .send("load-1", ada)
      .present("load-1", rt(ada, 0))
      .fault("load-1", rt(ada, 0))
      .answer("load-1", "unavailable");
    expect(verdict(tape.wait(1).send("load-2", ada).answer("load-2", "signed-in"))).not.toBeNull();
  });

  test("the fault concerned another session", () => {
    const tape = endedAgo(allowed + 1)
      .signIn(bob)
      .send("load-1", ada)
      .send("load-2", bob)
      .present("load-2", rt(bob, 0))
      .fault("load-2", rt(bob, 0));
    expect(verdict(tape.answer("load-1", "signed-in"))).not.toBeNull();
  });

  test("it was ended a second time meanwhile: the first end counts", () => {
    expect(verdict(endedAgo(allowed).end(ada, "user").wait(1).send("load-1", ada).answer("load-1", "signed-in"))).not.toBeNull();
  });

  test("the issuer rejected the token and the load was served all the same", () => {
    expect(
      verdict(
        endedAgo(allowed + 1)
          .send("load-1", ada)
          .fail("load-1", rt(ada, 0))
          .answer("load-1", "signed-in"),
      ),
    ).not.toBeNull();
  });
});

describe("ended-is-ended stays silent when", () => {
  test("the load was sent within the bound, even if it is answered after it", () => {
    expect(verdict(endedAgo(allowed).send("load-1", ada).wait(60_000).answer("load-1", "signed-in"))).toBeNull();
  });

  test.each(["signed-out", "unavailable", "stale"] as const)("a late load is answered %s", (answer) => {
    expect(
      verdict(
        endedAgo(allowed + 1)
          .send("load-1", ada)
          .answer("load-1", answer),
      ),
    ).toBeNull();
  });

  test("the issuer was out of reach during the load", () => {
    const tape = endedAgo(allowed + 1)
      .send("load-1", ada)
      .present("load-1", rt(ada, 0))
      .fault("load-1", rt(ada, 0));
    expect(verdict(tape.answer("load-1", "signed-in"))).toBeNull();
  });

  test("the load waited for another isolate's flight that met a fault", () => {
    const tape = endedAgo(allowed + 1)
      .send("load-1", ada)
      .send("load-2", ada, { isolate: "isolate-2" });
    expect(verdict(tape.present("load-2", rt(ada, 0)).fault("load-2", rt(ada, 0)).answer("load-1", "signed-in"))).toBeNull();
  });

  test("the session lives on", () => {
    expect(
      verdict(
        new Tape()
          .signIn(ada)
          .wait(10 * allowed)
          .send("load-1", ada)
          .answer("load-1", "signed-in"),
      ),
    ).toBeNull();
  });

  test("another session of the same user was ended", () => {
    const phone = { ...ada, session: "session_phone", family: "F3", jar: "jar-3" };
    expect(
      verdict(
        endedAgo(0)
          .signIn(phone)
          .wait(allowed + 1)
          .send("load-1", phone)
          .answer("load-1", "signed-in"),
      ),
    ).toBeNull();
  });

  test("the user signs in anew through that very load", () => {
    const again = { ...ada, session: "session_new", family: "F3" };
    expect(
      verdict(
        endedAgo(allowed + 1)
          .send("load-1", ada)
          .signIn(again)
          .answer("load-1", "signed-in"),
      ),
    ).toBeNull();
  });

  test("who is signed in held nothing when the load was sent", () => {
    expect(verdict(new Tape().send("load-1", ada).answer("load-1", "signed-in", { set: rt(ada, 0) }))).toBeNull();
  });
});
