import { describe, expect, test } from "vitest";
import { readText } from "./text.ts";

describe("absent", () => {
  test.each([undefined, null, 7, true, {}, ["a"], "", " ", "\t\r\n", "\u00a0", "\u3000", "\u200b", "\u2060\ufeff", "\0", " \u0007 "])(
    "%j",
    (value) => {
      expect(readText(value)).toEqual({ kind: "absent" });
    },
  );
});

describe("malformed", () => {
  test.each(["a\0", "\na", "a\u007f", "a\u0085b", "\ud800a", "a\udc00", "a".repeat(241)])("%j", (value) => {
    expect(readText(value)).toEqual({ kind: "malformed" });
  });

  test("beyond another limit", () => {
    expect(readText("abc", 2)).toEqual({ kind: "malformed" });
    expect(readText("ab", 2)).toBe("ab");
  });
});

describe("kept as it is", () => {
  test.each(["a", "0", " a ", "a b", "é", "😀", "a\u200b", "a".repeat(240)])("%j", (value) => {
    expect(readText(value)).toBe(value);
  });
});
