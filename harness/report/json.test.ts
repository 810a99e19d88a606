import { expect, test } from "vitest";
import { cellResult, failed, violated } from "./cells.testing.ts";
import { renderJson } from "./json.ts";

test("the JSON is indented by two spaces and ends with a newline", () => {
  expect(renderJson({ version: 1, seed: 7, cells: [] })).toBe('{\n  "version": 1,\n  "seed": 7,\n  "cells": []\n}\n');
});

test("nothing of a result is lost", () => {
  const run = { version: 1, seed: 7, cells: [cellResult(), violated().result, failed().result] } as const;
  expect(JSON.parse(renderJson(run))).toEqual(run);
});

test("the order of the keys is that of the contract, however the result was made", () => {
  const cell = cellResult();
  const backwards = Object.fromEntries(Object.entries(cell).reverse()) as unknown as typeof cell;
  expect(renderJson({ version: 1, seed: 7, cells: [backwards] })).toBe(renderJson({ version: 1, seed: 7, cells: [cell] }));
});
