import { expect, test } from "vitest";
import { LOGOUT_TRACE } from "./cells.testing.ts";
import { renderDeparture } from "./terminal-departure.ts";

test("a replay that is the recorded run says so in one line", () => {
  expect(renderDeparture(null, LOGOUT_TRACE)).toBe("The trace is the recorded one.\n");
});

test("the first step that is another one is told with what happens there now, why, and what to do", () => {
  expect(renderDeparture({ step: 9, how: "another step" }, LOGOUT_TRACE, { command: "holdfast", width: 100 })).toBe(`\
It departs from the recorded run in step 9: something else happens there.
  now: response issuer → isolate-1 400 to POST /user_management/authenticate for ada/load-1
The code, the scenario or a dependency has changed since it was recorded. What comes after this step
is as near to the recorded order as could be.
To write down what it is now, in the file of a recorded trace, or to search it anew:
  holdfast replay FILE --record
  holdfast run … --record
`);
});

test.each([
  [{ step: 9, how: "no such choice" } as const, "in step 9: what was chosen there is not possible any more"],
  [{ step: 11, how: "ended" } as const, "in step 11: the recorded one went on, and this one has ended"],
  [{ step: 9, how: "goes on" } as const, "in step 9: the recorded one had ended before it"],
  [{ step: null, how: "another message" } as const, "every step is the same, but a header or a body is not"],
  [{ step: null, how: "unknown" } as const, "too old to say in which step"],
])("%j has words of its own", (departure, words) => {
  expect(renderDeparture(departure, LOGOUT_TRACE, { width: 1_000 })).toContain(words);
});

test("nobody is told how to record anew what is just being recorded", () => {
  expect(renderDeparture({ step: 9, how: "another step" }, LOGOUT_TRACE)).not.toContain("--record");
});

test("where no step tells, nothing is said of what comes after it", () => {
  expect(renderDeparture({ step: null, how: "another message" }, LOGOUT_TRACE)).not.toContain("after this step");
});
