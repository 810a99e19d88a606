import { describe, expect, test } from "vitest";
import type { Extent } from "../model/cell.ts";
import { cellResult } from "./cells.testing.ts";
import { cellShown, shrunkLine } from "./shrunk.ts";

const small: Extent = {
  loads: 2,
  isolates: 1,
  page: "request",
  faults: "",
  timeSteps: 0,
  granularity: "crypto=inline",
  choices: 1,
  steps: 30,
};

describe("what a counterexample was shrunk from and to", () => {
  test("is told with all that has become less, and nothing else", () => {
    const from = { ...small, loads: 8, choices: 12, steps: 60 };
    expect(shrunkLine(cellResult({ shrunk: { from, to: small, runs: 69 } }))).toBe(
      "Shrunk in 69 runs: 8 loads → 2, 12 choices beyond FIFO → 1, 60 steps → 30",
    );
  });

  test("names faults, pages, time and granularity", () => {
    const from = {
      ...small,
      isolates: 4,
      page: "document",
      faults: "issuer-503:2",
      timeSteps: 2,
      granularity: "crypto=interleaved",
    } as const;
    const to = { ...small, timeSteps: 1 };
    expect(shrunkLine(cellResult({ shrunk: { from, to, runs: 1 } }))).toBe(
      "Shrunk in 1 run: 4 isolates → 1, document → request, faults issuer-503:2 → none, 2 time steps → 1, crypto=interleaved → inline",
    );
  });

  test("is said as well when nothing smaller was found", () => {
    expect(shrunkLine(cellResult({ shrunk: { from: small, to: small, runs: 400 } }))).toBe("Nothing smaller was found in 400 runs");
  });

  test("is nothing where nobody tried", () => {
    expect(shrunkLine(cellResult())).toBeNull();
  });
});

test("the cell that is shown is the one of the counterexample", () => {
  const result = cellResult({ loads: 8, isolates: 2, shrunk: { from: { ...small, loads: 8, isolates: 2 }, to: small, runs: 9 } });
  expect(cellShown(result)).toMatchObject({ loads: 2, isolates: 1, scenario: result.scenario });
  expect(cellShown(cellResult({ loads: 8 })).loads).toBe(8);
});
