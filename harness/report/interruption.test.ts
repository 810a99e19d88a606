import { expect, test } from "vitest";
import type { CellResult } from "../model/cell.ts";
import { cellResult, holding } from "./cells.testing.ts";
import { renderHtml } from "./html.ts";
import { renderInterruption } from "./interruption.ts";
import { renderJson } from "./json.ts";
import { renderMatrix } from "./terminal-matrix.ts";

const runOf = (notStarted: number, cells: readonly CellResult[]) => ({ version: 1, seed: 1, notStarted, cells }) as const;

test("a run that came to its end has nothing to say of an interruption", () => {
  expect(renderInterruption({ version: 1, seed: 1, cells: [cellResult()] })).toBe("");
  expect(JSON.parse(renderJson({ version: 1, seed: 1, cells: [] }))).not.toHaveProperty("notStarted");
});

test("one that was stopped counts the cells that were done, cut off and not begun", () => {
  const cells = [cellResult(), cellResult(), cellResult({ interrupted: true })];
  expect(renderInterruption(runOf(1, cells))).toBe("Interrupted: 2 cells were done, 1 was cut off, 1 was not begun.\n");
  expect(renderInterruption(runOf(2, cells.slice(1, 2)))).toBe("Interrupted: 1 cell was done, 0 were cut off, 2 were not begun.\n");
});

test("its JSON says how many cells were not begun, and of each whether it was cut off", () => {
  const written = JSON.parse(renderJson(runOf(5, [cellResult({ interrupted: true })])));
  expect(written).toMatchObject({ notStarted: 5, cells: [{ interrupted: true }] });
});

test("a cell that was cut off is marked, and is no surprise whatever was expected of it", () => {
  const reports = [holding({ expect: "violated", interrupted: true, schedules: 12 })];
  const matrix = renderMatrix(reports);
  expect(matrix).toContain("holds 12 cut off\n");
  expect(matrix).toContain("cut off: somebody stopped the run before this search had ended.");
  expect(matrix).not.toContain("surprise");
});

test("the page says it too, and explains it", () => {
  const reports = [holding({ interrupted: true })];
  const page = renderHtml(runOf(3, [reports[0]?.result as CellResult]), reports, { command: "holdfast" });
  expect(page).toContain("Interrupted: 0 cells were done, 1 was cut off, 3 were not begun.");
  expect(page).toContain("cut off: somebody stopped the run");
  expect(page).toMatch(/schedule<\/span> cut off/);
});
