import { expect, test } from "vitest";
import { entry } from "./cells.testing.ts";
import { beyondFifo } from "./choices.ts";

const instead = { label: "GET / for ada/load-3 [AT F1.g0, RT F1.g0]", to: "isolate-1" };

test("a schedule that is FIFO says so", () => {
  expect(beyondFifo([entry({ step: 1 })])).toEqual({ head: "Every step took the choice that FIFO takes.", lines: [] });
});

test("a choice is told with what FIFO would have done, without tokens, which the picture has", () => {
  const label = "POST /user_management/authenticate for ada/load-1 [RT F1.g0]";
  expect(beyondFifo([entry({ step: 24, from: "isolate-1", to: "issuer", label, choice: 1, instead })])).toEqual({
    head: "One choice is not FIFO's, marked * above:",
    lines: ["step 24: POST …/authenticate for ada/load-1 → issuer, and not GET / for ada/load-3 → isolate-1"],
  });
});

test.each([
  [
    "a fault that befalls a message",
    { kind: "fault:browser-response-lost", from: "isolate-1", to: "ada", label: "200 to GET / for ada/load-1" },
  ],
  ["a fault that befalls an isolate", { kind: "fault:isolate-killed", from: null, to: "isolate-1", label: "is killed" }],
  ["a move of the clock", { kind: "time", from: null, to: "clock", label: "time passes: 30 s" }],
])("tells %s", (_, over) => {
  const said = {
    "fault:browser-response-lost": "browser-response-lost: 200 to GET / for ada/load-1 → ada",
    "fault:isolate-killed": "isolate-killed: isolate-1",
    time: "time passes: 30 s",
  }[over.kind];
  expect(beyondFifo([entry({ step: 3, choice: 2, instead, ...over })]).lines).toEqual([
    `step 3: ${said}, and not GET / for ada/load-3 → isolate-1`,
  ]);
});

test("a choice of which it is not known what FIFO would have done is numbered", () => {
  expect(beyondFifo([entry({ step: 3, choice: 1, of: 4 })]).lines).toEqual(["step 3: GET / → isolate-1, its choice 2 of 4"]);
});

test("many choices are numbers only", () => {
  const many = Array.from({ length: 9 }, (_, index) => entry({ step: index + 1, choice: 1, of: 3 }));
  const { head, lines } = beyondFifo(many);
  expect(lines).toEqual([]);
  expect(head).toMatch(/^9 choices are not FIFO's, marked \* above\. As step: choice\/choices, 1: 2\/3, 2: 2\/3,/);
});

test("labels of third-party code are plain text", () => {
  const [line] = beyondFifo([entry({ step: 1, choice: 1, label: "GET /\u001b[2J" })]).lines;
  expect(line).not.toMatch(/\p{Cc}/u);
});
