import { describe, expect, test } from "vitest";
import { cellResult } from "./cells.testing.ts";
import { cellName, counted, extentOf, fewOf, moment, plain, standingOf, verdictWord } from "./words.ts";

test("a cell stands to its expectation as expected, as a surprise, or unstated", () => {
  expect(standingOf({ expect: "violated", verdict: "violated", interrupted: false })).toBe("expected");
  expect(standingOf({ expect: "holds", verdict: "violated", interrupted: false })).toBe("surprise");
  expect(standingOf({ expect: "violated", verdict: "holds", interrupted: false })).toBe("surprise");
  expect(standingOf({ expect: null, verdict: "violated", interrupted: false })).toBe("unstated");
});

test("only what holds in every order is proved", () => {
  expect(verdictWord({ verdict: "holds", completeness: "complete" })).toBe("proved");
  expect(verdictWord({ verdict: "holds", completeness: "bounded" })).toBe("holds");
  expect(verdictWord({ verdict: "cannot-be-had", completeness: "complete" })).toBe("cannot-be-had");
  expect(verdictWord({ verdict: "violated", completeness: "bounded" })).toBe("VIOLATED");
  expect(verdictWord({ verdict: "error", completeness: "bounded" })).toBe("error");
});

test("how far a search went is told in states where it was complete, and in schedules where it was not", () => {
  expect(extentOf({ completeness: "complete", states: 1_200, schedules: 77 })).toBe("1,200 states");
  expect(extentOf({ completeness: "complete", states: 1, schedules: 1 })).toBe("1 state");
  expect(extentOf({ completeness: "bounded", states: 1_200, schedules: 77 })).toBe("77 schedules");
});

test("counts have their noun, and thousands a comma", () => {
  expect(counted(1, "schedule")).toBe("1 schedule");
  expect(counted(0, "schedule")).toBe("0 schedules");
  expect(counted(1200, "schedule")).toBe("1,200 schedules");
});

test("a cell is named by what sets it apart", () => {
  expect(cellName(cellResult())).toBe("reference/naive · better-auth · 1 isolate · fifo");
  expect(cellName(cellResult({ isolates: 2, faults: "issuer-503:1", timeSteps: 1 }))).toBe(
    "reference/naive · better-auth · 2 isolates · fifo · faults issuer-503:1 · 1 time step",
  );
});

test("time is told in seconds since the run began", () => {
  expect(moment(1_800_000)).toBe("+1800.0 s");
});

describe("text from third-party code", () => {
  test("keeps no escape sequence that a terminal would obey", () => {
    expect(plain("GET /\u001b[2J\u009b31m\r\n")).toBe("GET /\ufffd[2J\ufffd31m\ufffd\ufffd");
  });

  test("keeps no direction override that makes a line read as another one", () => {
    expect(plain("a\u202eb\u2066c")).toBe("a\ufffdb\ufffdc");
  });

  test("is left as it is otherwise", () => {
    expect(plain("Grüße ──▶ 日本")).toBe("Grüße ──▶ 日本");
  });
});

describe("many names in few words", () => {
  test("three neighbours or more become a range, in order of their numbers", () => {
    expect(fewOf(["load-10", "load-9", "load-11", "load-2", "load-3"], 4)).toBe("load-2, load-3, load-9 to load-11");
  });

  test("a long list ends in a count, but never in a count of one", () => {
    expect(fewOf(["a", "b", "c"], 2)).toBe("a, b, c");
    expect(fewOf(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
  });
});
