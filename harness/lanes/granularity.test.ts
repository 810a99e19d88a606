import { expect, it } from "vitest";
import { usualGranularity } from "./granularity.ts";

it.each([
  ["random", 8, "interleaved"],
  ["portfolio", 1, "interleaved"],
  ["exhaustive", 3, "ordered"],
  ["exhaustive", 4, "inline"],
] as const)("is that which %s can afford with %i loads: %s", (explore, loads, expected) => {
  expect(usualGranularity({}, explore, loads)).toBe(expected);
});

it.each(["random", "exhaustive"])("is inline under %s for a target that makes many calls", (explore) => {
  expect(usualGranularity({ makesManyCryptoCalls: true }, explore, 1)).toBe("inline");
});
