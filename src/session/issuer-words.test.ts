import { expect, test } from "vitest";
import { issuerWords } from "./issuer-words.ts";

test("joins code and description, and leaves out what is not a text", () => {
  expect(issuerWords(["invalid_client", "unknown"], [])).toBe("invalid_client: unknown");
  expect(issuerWords(["invalid_client", undefined, 7, ""], [])).toBe("invalid_client");
  expect(issuerWords([undefined], [])).toBe("");
});

test("hides every occurrence of a secret the issuer echoes, and ignores an empty one", () => {
  expect(issuerWords(["bad rt_1, bad rt_1 for sk"], ["rt_1", "sk", ""])).toBe("bad [redacted], bad [redacted] for [redacted]");
});

test("stays on one line and short", () => {
  expect(issuerWords(["a\r\n\u0000b"], [])).toBe("a b");
  expect(issuerWords(["x".repeat(1000)], [])).toHaveLength(300);
});
