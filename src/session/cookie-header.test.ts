import { describe, expect, test } from "vitest";
import { readCookie, setCookie, storing } from "./cookie-header.ts";

describe("readCookie", () => {
  test.each([
    [null, null],
    ["", null],
    ["b=2", "2"],
    ["a=1; b=2; c=3", "2"],
    ["a=1;b=2", "2"],
    ["b=x=y", "x=y"],
    ["b=", ""],
    ["b", null],
    ["bb=1", null],
    ["a=b=2", null],
    ["b=first; b=second", "first"],
  ])("finds b in %j: %j", (header, expected) => {
    expect(readCookie(header, "b")).toBe(expected);
  });
});

test("setCookie makes a host-only, HttpOnly, Secure, Lax cookie for the whole site", () => {
  expect(setCookie("a", "1", 60)).toBe("a=1; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax");
});

test("storing sets every cookie and forbids caching", () => {
  const headers = storing("a=1", "b=2");
  expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(headers.get("cache-control")).toBe("private, no-store");
});
