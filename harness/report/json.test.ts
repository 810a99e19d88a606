import { expect, test } from "vitest";
import type { CellResult } from "../model/cell.ts";
import { cellResult, failed, violated } from "./cells.testing.ts";
import { renderJson } from "./json.ts";
import { vitestTest } from "./vitest-test.ts";

test("the JSON is indented by two spaces and ends with a newline", () => {
  expect(renderJson({ version: 1, seed: 7, cells: [] })).toBe('{\n  "version": 1,\n  "seed": 7,\n  "cells": []\n}\n');
});

test("nothing of a result is lost", () => {
  const extent = { loads: 2, isolates: 1, page: "request", faults: "", timeSteps: 0, granularity: "crypto=inline", choices: 0, steps: 30 };
  const shrunk = { from: { ...extent, loads: 8 }, to: extent, runs: 5 } as NonNullable<CellResult["shrunk"]>;
  const trace = {
    file: "a.json",
    expect: "violated",
    verdict: "holds",
    asRecorded: false,
    departure: { step: 3, how: "ended" },
    error: null,
  } as const;
  const run = {
    version: 1,
    seed: 7,
    traces: [trace],
    cells: [cellResult(), cellResult({ story: { lifetime: 60, acts: [] } }), violated({ shrunk }).result, failed().result],
  } as const;
  const { cells, ...rest } = JSON.parse(renderJson(run));
  expect(rest).toEqual({ version: 1, seed: 7, traces: [trace] });
  expect(cells.map(({ test: _test, ...cell }: { test: unknown }) => cell)).toEqual(run.cells);
});

test("a counterexample comes with the test to paste, and nothing else does", () => {
  const { cells } = JSON.parse(renderJson({ version: 1, seed: 7, cells: [cellResult(), violated().result] }));
  expect(cells.map((cell: { test: unknown }) => cell.test)).toEqual([null, vitestTest(violated())]);
});

test("the order of the keys is that of the contract, however the result was made", () => {
  const cell = cellResult();
  const backwards = Object.fromEntries(Object.entries(cell).reverse()) as unknown as typeof cell;
  expect(renderJson({ version: 1, seed: 7, cells: [backwards] })).toBe(renderJson({ version: 1, seed: 7, cells: [cell] }));
});

test("the count of a proof is a string: it is larger than any number that JSON readers keep exactly", () => {
  const cell = cellResult({ completeness: "complete", transitions: 412, interleavings: `${2n ** 80n}` });
  const [read] = JSON.parse(renderJson({ version: 1, seed: 7, cells: [cell] })).cells;
  expect(read).toMatchObject({ completeness: "complete", transitions: 412, interleavings: "1208925819614629174706176" });
  expect(JSON.parse(renderJson({ version: 1, seed: 7, cells: [cellResult()] })).cells[0]).toMatchObject({
    transitions: null,
    interleavings: null,
  });
});
