import { expect, test } from "vitest";
import { sortedEntries } from "./canonical.ts";

test("two records with the same entries in another order are the same in canonical order", () => {
  const expected = [
    ["a", 1],
    ["b", 2],
  ];
  expect(sortedEntries({ a: 1, b: 2 })).toEqual(expected);
  expect(sortedEntries({ b: 2, a: 1 })).toEqual(expected);
});
