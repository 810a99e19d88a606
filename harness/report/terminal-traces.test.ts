import { expect, test } from "vitest";
import type { TraceResult } from "../model/cell.ts";
import { renderTraces } from "./terminal-traces.ts";

const command = "holdfast";
const same: TraceResult = {
  file: "fixtures/traces/late-load.json",
  expect: "violated",
  verdict: "violated",
  asRecorded: true,
  departure: null,
  error: null,
};

test("nothing is said where nothing is recorded", () => {
  expect(renderTraces([], 0, { command })).toBe("");
});

test("traces that fit no cell are counted", () => {
  expect(renderTraces([], 3, { command })).toBe("Recorded traces: 0 of 3 fit these cells.\n");
});

test("traces that came to what is recorded are one line", () => {
  expect(renderTraces([same, same], 11, { command })).toBe(
    "Recorded traces: 2 of 11 fit these cells and were played first; all came to what is recorded.\n",
  );
});

test("a trace that came to something else is named, with the step in which it departs, and what to do", () => {
  const other = { ...same, verdict: "holds", asRecorded: false, departure: { step: 24, how: "no such choice" } } as const;
  expect(renderTraces([same, other], 2, { command, width: 300 }).split("\n")).toEqual([
    "Recorded traces: 2 of 2 fit these cells and were played first; 1 came to what is recorded.",
    "  ✗ fixtures/traces/late-load.json: recorded VIOLATED, now holds. It departs from the recorded run in step 24: what was chosen there is not possible any more.",
    "  To look at one, to write down what it is now, or to search it anew:",
    "    holdfast replay FILE",
    "    holdfast replay FILE --record",
    "    holdfast run … --record",
    "",
  ]);
});

test("a trace that only went another way is named, too, and is no alarm", () => {
  const text = renderTraces([{ ...same, departure: { step: 3, how: "another step" } }], 1, { command, width: 300, colour: true });
  expect(text).toContain("all came to what is recorded");
  expect(text).toContain("· fixtures/traces/late-load.json: still VIOLATED. It departs from the recorded run in step 3");
  expect(text).not.toContain("\u001b[31m");
});

test("a trace whose steps are all the same is not worth a word, whatever its messages carry", () => {
  const text = renderTraces([{ ...same, departure: { step: null, how: "another message" } }], 1, { command });
  expect(text).toBe("Recorded traces: 1 of 1 fit these cells and were played first; all came to what is recorded.\n");
});

test("an error and another invariant are told apart", () => {
  const error = { code: "DEADLOCK", message: "nothing can happen any more", hint: "" } as const;
  expect(renderTraces([{ ...same, verdict: "error", asRecorded: false, error }], 1, { command, width: 300 })).toContain(
    "now error DEADLOCK: nothing",
  );
  expect(renderTraces([{ ...same, asRecorded: false }], 1, { command, width: 300 })).toContain("now VIOLATED by another invariant");
});
