import { describe, expect, test } from "vitest";
import type { AnswerKind, EndCause, EventBody } from "../model/event.ts";
import { boundedProgress } from "./bounded-progress.ts";
import { ada, bob, judge, keyOf, Tape } from "./events.testing.ts";

const verdict = (tape: Tape) => judge(boundedProgress, tape);

/** One page after the other, each answered so. */
function pages(tape: Tape, answers: readonly AnswerKind[], person = ada): Tape {
  for (const [index, answer] of answers.entries()) {
    const load = `${person.jar}-${tape.events.length}-${index}`;
    tape.send(load, person).answer(load, answer);
  }
  return tape;
}

const calm = () => new Tape().signIn(ada).troubled((tape) => pages(tape, ["unavailable", "unavailable", "unavailable", "unavailable"]));

describe("bounded-progress breaks when", () => {
  test("three pages in a row are not served after the faults have stopped", () => {
    const because = verdict(pages(calm(), ["unavailable", "other", "stale"]));
    expect(because?.map((line) => line.replace(/^step \d+ · |jar-1-\S+ /g, ""))).toEqual([
      "nothing fails any more",
      "of user_ada is answered unavailable",
      "of user_ada is answered other",
      "of user_ada is answered stale",
    ]);
  });

  test("there never was a fault", () => {
    expect(verdict(pages(new Tape().signIn(ada), ["unavailable", "unavailable", "unavailable"]))).toHaveLength(3);
  });

  test("another session is served meanwhile", () => {
    const tape = pages(calm().signIn(bob), ["unavailable", "unavailable"]);
    expect(verdict(pages(pages(tape, ["signed-in"], bob), ["unavailable"]))).not.toBeNull();
  });

  test("a browser is sent in circles", () => {
    const tape = calm().send("load-9", ada).redirect("load-9", 6);
    expect(verdict(tape)?.at(-1)).toContain("load-9 of user_ada is sent elsewhere by isolate-1 after 5 redirects");
  });

  test("a load waits for ever", () => {
    expect(
      verdict(
        calm()
          .send("load-9", ada)
          .add({ type: "loads-stuck", loads: ["load-9"] }),
      )?.at(-1),
    ).toContain("there is no answer to load-9");
  });
});

describe("bounded-progress stays silent when", () => {
  test("the third page is served", () => {
    expect(verdict(pages(calm(), ["unavailable", "unavailable", "signed-in", "unavailable", "unavailable"]))).toBeNull();
  });

  test("faults may still happen, or happen again", () => {
    const again = pages(calm(), ["unavailable", "unavailable"]).troubled((tape) => pages(tape, ["unavailable"]));
    expect(verdict(pages(again, ["unavailable", "unavailable"]))).toBeNull();
  });

  test("the pages were sent before the faults had stopped", () => {
    const tape = new Tape().signIn(ada).troubled((inside) => inside.send("load-1", ada).send("load-2", ada).send("load-3", ada));
    for (const load of ["load-1", "load-2", "load-3"]) tape.answer(load, "unavailable");
    expect(verdict(tape)).toBeNull();
  });

  test.each(["prefetch", "upgrade"] as const)("what is refused is a %s", (purpose) => {
    const tape = calm();
    for (const load of ["a", "b", "c", "d"]) tape.send(load, ada, { purpose }).answer(load, "stale");
    expect(verdict(tape)).toBeNull();
  });

  test("nobody was signed in", () => {
    expect(verdict(pages(new Tape(), ["other", "other", "other"]))).toBeNull();
  });

  test("the session was answered signed-out in between: there is nothing to come back to", () => {
    expect(verdict(pages(calm(), ["unavailable", "unavailable", "signed-out", "other"]))).toBeNull();
  });

  test.each<EndCause>(["user", "admin", "expiry", "theft", "reuse"])("the session was ended: %s", (cause) => {
    expect(verdict(pages(calm().end(ada, cause), ["unavailable", "unavailable", "unavailable"]))).toBeNull();
  });

  test("a page is sent elsewhere a few times and comes", () => {
    expect(verdict(calm().send("load-9", ada).redirect("load-9", 5).answer("load-9", "signed-in", { redirects: 5 }))).toBeNull();
  });
});

test("its key counts what was in vain, and tells whether faults may happen", () => {
  const key = (tape: Tape) => keyOf(boundedProgress, tape);
  expect(key(pages(calm(), ["unavailable"]))).not.toBe(key(calm()));
  expect(key(pages(calm(), ["unavailable", "signed-in"]))).toBe(key(calm()));
  expect(key(calm().add({ type: "faults-began" }))).not.toBe(key(calm()));
});

describe("a call of the web app and its repetitions", () => {
  const failed = (request: string): EventBody => ({ type: "request-failed", request, user: "user_ada", key: "k1", reason: "status 500" });
  const three = (tape: Tape, name = "callback-1") =>
    tape
      .add(failed(name))
      .add(failed(`${name}-again-1`))
      .add(failed(`${name}-again-2`));

  test("break it when three in a row are not answered", () => {
    expect(verdict(three(calm()))?.slice(1)).toEqual([
      expect.stringMatching(/callback-1 of user_ada is not answered: status 500$/),
      expect.stringMatching(/callback-1-again-1 of user_ada is not answered: status 500$/),
      expect.stringMatching(/callback-1-again-2 of user_ada is not answered: status 500$/),
    ]);
  });

  test("may fail while anything can, and two of different calls are not three of one", () => {
    expect(verdict(calm().troubled((tape) => three(tape) as typeof tape))).toBeNull();
    const tape = calm().add(failed("callback-1")).add(failed("callback-1-again-1")).add(failed("callback-2")).add(failed("callback-10"));
    expect(verdict(tape)).toBeNull();
  });
});
