import { describe, expect, test } from "vitest";
import { readCookie, readCookies, setCookie, storing } from "./cookie-header.ts";

describe("reading a Cookie header", () => {
  test.each([
    ["a=1", "a", "1"],
    ["b=2; a=1", "a", "1"],
    ["  a = 1  ;b=2", "a", "1"],
    ["a=1=2", "a", "1=2"],
    ["a=", "a", ""],
    ["a=1; a=2", "a", "1"],
    ["aa=1", "a", null],
    ["a", "a", null],
    ["A=1", "a", null],
    ["", "a", null],
    [null, "a", null],
  ])("%j: %s is %j", (header, name, value) => {
    expect(readCookie(header, name)).toBe(value);
  });

  test("gives all of them in order, twins too", () => {
    expect(readCookies("a=1; b; a=2")).toEqual([
      { name: "a", value: "1" },
      { name: "a", value: "2" },
    ]);
    expect(readCookies("=1")).toEqual([{ name: "", value: "1" }]);
    expect(readCookies(null)).toEqual([]);
  });
});

test("a cookie has every attribute that protects it", () => {
  expect(setCookie("a", "1", 60)).toBe("a=1; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax");
});

test("an answer that sets cookies is not stored by a cache; one that sets none may be", () => {
  const headers = storing(["a=1", "b=2"]);
  expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(headers.get("cache-control")).toBe("private, no-store");
  expect([...storing([])]).toEqual([]);
});
