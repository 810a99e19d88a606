import { describe, expect, it } from "vitest";
import type { CellResult, Verdict } from "../model/cell.ts";
import type { ErrorCode } from "../model/error.ts";
import { exitStatus } from "./exit-status.ts";

/** A cell as the exit status sees it. */
function cell(verdict: Verdict, expected: Verdict | null = null, code: ErrorCode = "ESCAPED"): CellResult {
  const error = verdict === "error" ? { code, message: "expected this, got that", hint: "do so" } : null;
  return { verdict, expect: expected, error } as Partial<CellResult> as CellResult;
}

const USAGE: readonly ErrorCode[] = ["BAD_USAGE", "BAD_TARGET", "BAD_REPLAY"];
const UNVOUCHED: readonly ErrorCode[] = [
  "NONDETERMINISM",
  "ESCAPED",
  "DEADLOCK",
  "STEP_LIMIT",
  "VACUOUS",
  "TARGET_CRASHED",
  "REPLAY_DEPARTED",
];
const [held, broken, limit] = [cell("holds"), cell("violated"), cell("cannot-be-had")];
const [asExpected, surprise] = [cell("violated", "violated"), cell("holds", "violated")];
const [misused, unvouched] = [cell("error", null, "BAD_TARGET"), cell("error", null, "DEADLOCK")];

describe("the exit status of one cell", () => {
  it.each<[Verdict, Verdict | null, number]>([
    ["holds", null, 0],
    ["violated", null, 1],
    ["cannot-be-had", null, 0],
    ["holds", "holds", 0],
    ["violated", "holds", 1],
    ["cannot-be-had", "holds", 1],
    ["holds", "violated", 1],
    ["violated", "violated", 0],
    ["cannot-be-had", "violated", 1],
    ["holds", "cannot-be-had", 1],
    ["violated", "cannot-be-had", 1],
    ["cannot-be-had", "cannot-be-had", 0],
  ])("that shows %s where %s was expected is %i", (verdict, expected, status) => {
    expect(exitStatus([cell(verdict, expected)])).toBe(status);
  });

  it.each(USAGE)("that ended with %s is 2, expected or not", (code) => {
    for (const expected of [null, "holds", "violated", "error"] as const) expect(exitStatus([cell("error", expected, code)])).toBe(2);
  });

  it.each(UNVOUCHED)("that ended with %s is 3, expected or not", (code) => {
    for (const expected of [null, "holds", "violated", "error"] as const) expect(exitStatus([cell("error", expected, code)])).toBe(3);
  });
});

describe("the exit status of many cells", () => {
  it.each<[string, readonly CellResult[], number]>([
    ["nothing at all", [], 0],
    ["all that held", [held, held, limit], 0],
    ["all as expected, broken ones included", [asExpected, cell("holds", "holds")], 0],
    ["one violation among many", [held, broken, held], 1],
    ["one surprise among many", [asExpected, surprise, asExpected], 1],
    ["a cell that nobody can vouch for, beside a violation", [broken, unvouched, surprise], 3],
    ["a cell that was asked for wrongly, beside all the rest", [broken, unvouched, misused, held], 2],
  ])("is, for %s, that of the worst", (_, cells, status) => {
    expect(exitStatus(cells)).toBe(status);
    expect(exitStatus(cells.toReversed())).toBe(status);
  });
});
