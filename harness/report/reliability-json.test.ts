import { expect, test } from "vitest";
import { reliability, reliabilityCell } from "./reliability.testing.ts";
import { parseReliability, renderReliabilityJson } from "./reliability-json.ts";

test("a matrix goes to text and back, a line a cell", () => {
  const result = reliability();
  const text = renderReliabilityJson(result);
  expect(parseReliability(text)).toEqual(result);
  expect(text.split("\n").filter((line) => line.includes('"outcome"'))).toHaveLength(result.cells.length);
});

test("lists without anything in them go there and back", () => {
  const result = reliability({ cells: [], counterexamples: [], clients: [] });
  expect(parseReliability(renderReliabilityJson(result))).toEqual(result);
});

test("what is no matrix is refused, whether it is written or read", () => {
  const wrong = reliability({ cells: [reliabilityCell({ outcome: "fine" as "proved" })] });
  expect(() => renderReliabilityJson(wrong)).toThrow("an outcome");
  expect(() => parseReliability('{"version": 2}')).toThrow("1");
});
