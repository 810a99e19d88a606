import { expect, test } from "vitest";
import { cellResult, failed, violated } from "./cells.testing.ts";
import { renderJson } from "./json.ts";

test("the JSON is indented by two spaces and ends with a newline", () => {
  expect(renderJson({ version: 1, seed: 7, cells: [] })).toBe('{\n  "version": 1,\n  "seed": 7,\n  "cells": []\n}\n');
});

test("nothing of a result is lost", () => {
  const run = {
    version: 1,
    seed: 7,
    cells: [cellResult(), cellResult({ story: { lifetime: 60, acts: [] } }), violated().result, failed().result],
  } as const;
  expect(JSON.parse(renderJson(run))).toEqual(run);
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
