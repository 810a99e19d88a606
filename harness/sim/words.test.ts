import fc from "fast-check";
import { expect, it } from "vitest";
import { wordsIn } from "./words.ts";

const PATTERN = /[A-Za-z0-9_\-+/]{16,}={0,2}(?:\.[A-Za-z0-9_\-+/]{16,}={0,2}){0,4}/g;

/** Texts that have words, nearly have them, and have what may stand between them. */
const text = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_\-+/]{14,18}$/),
      fc.constantFrom("=", "==", ".", "..", " ", '"', "%3D", "é", "😀", "eyJhbGciOiJSUzI1NiJ9"),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(""));

it("the words of a text are those that the pattern matches", () => {
  fc.assert(
    fc.property(text, (whole) => {
      const expected = [...whole.matchAll(PATTERN)].map(({ 0: word, index }) => ({ from: index, to: index + word.length }));
      expect(wordsIn(whole)).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

it.each([
  ["five parts of a JWE, and not a sixth", Array.from({ length: 6 }, () => "a".repeat(16)).join("."), [84, 101]],
  ["three signs of padding", `${"a".repeat(16)}===${"b".repeat(16)}`, [18, 35]],
])("%s are as in the pattern", (_what, whole, ends) => {
  expect(wordsIn(whole).map(({ to }) => to)).toEqual(ends);
  expect([...whole.matchAll(PATTERN)].map(({ 0: word, index }) => index + word.length)).toEqual(ends);
});
