import { expect, test } from "vitest";
import { REJECTIONS } from "./refusal.ts";

test("every reason has a sentence of its own, which names no value", () => {
  const sentences = Object.values(REJECTIONS);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^"$]{15,}\.$/);
  expect(new Set(sentences).size).toBe(sentences.length);
});
