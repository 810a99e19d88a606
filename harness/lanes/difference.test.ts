import { describe, expect, it } from "vitest";
import { kindOfDifference } from "./difference.ts";

/** 2026-01-01T00:00:00Z. */
const NOW = 1_767_225_600_000;

describe("what two texts differ by", () => {
  it.each([
    ["the time of day in milliseconds", '{"at":1767225599123}', '{"at":1767225600456}', "clock"],
    ["the time of day in seconds", "exp=1767225599;", "exp=1767225600;", "clock"],
    ["a moment of the virtual world, which is not now", '{"at":1500000000000}', '{"at":1500000000001}', "growing"],
    ["a fraction", "[0.1234567]", "[0.7654321]", "fraction"],
    ["a number that grows", '{"served":41}', '{"served":42}', "growing"],
    ["a number that grows by a digit", "page 9", "page 10", "growing"],
    ["a number that shrinks", "page 10", "page 9", null],
    ["random bytes in hexadecimal", "id=9f86d081884c7d65", "id=1b4f0e9851971998", "random bytes"],
    ["a UUID", "id 3f2b8c1e-1111-4a4a-8b8b-1234567890ab", "id 3f2b8c1e-2222-4a4a-8b8b-1234567890ab", "random bytes"],
    ["words", "cold", "warm", null],
    ["another order", '["a","b"]', '["b","a"]', null],
    ["a longer text", "page", "page two", null],
  ])("is told by its form: %s", (_, first, second, kind) => {
    expect(kindOfDifference(first, second, NOW)).toBe(kind);
  });
});
