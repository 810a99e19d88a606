import { expect, test } from "vitest";
import { hang, wrap } from "./wrap.ts";

test("a text is broken between words", () => {
  expect(wrap("the issuer rejects RT F1.g0", 18)).toEqual(["the issuer rejects", "RT F1.g0"]);
});

test("a word that is longer than a line stays whole", () => {
  expect(wrap("see /a/very/long/path now", 8)).toEqual(["see", "/a/very/long/path", "now"]);
});

test("later lines stand below the text, not below its heading", () => {
  expect(hang("  1. ", "the issuer rejects", 15)).toEqual(["  1. the issuer", "     rejects"]);
});
