import { describe, expect, test } from "vitest";
import type { Credential } from "../../model/credential.ts";
import { cookiesIn, Holdings, sessionCookiesLike, sessionCookiesNamed } from "./session-cookies.ts";

const rt = (generation: number): Credential => ({
  ...{ type: "refresh-token", user: "user_ada", session: "session_1", family: "F1", generation, sibling: 0 },
});

test("the cookies of a header, whatever their values have in them", () => {
  expect(cookiesIn("a=1; b=x=y; c=")).toEqual([
    { name: "a", value: "1" },
    { name: "b", value: "x=y" },
    { name: "c", value: "" },
  ]);
  expect(cookiesIn("")).toEqual([]);
});

describe("cookies are recognised", () => {
  test("by one name, in chunks or not", () => {
    const isSession = sessionCookiesLike(["wos-session"], ["wos-session"]);
    expect(["wos-session", "wos-session.1", "theme"].map(isSession)).toEqual([true, true, false]);
  });

  test("by what they begin with, where each session has names of its own", () => {
    const isSession = sessionCookiesLike(["__Host-app-session.Xy1-2.0.0"], ["__Host-app-session.Zq9-8.0.0"]);
    expect(["__Host-app-session.Mn7-7.3.1", "__Host-app-sign-in.Xy12"].map(isSession)).toEqual([true, false]);
  });

  test("and a beginning that is alike by chance does not count", () => {
    expect(sessionCookiesLike(["app.Xa"], ["app.Xb"])("app.Yc")).toBe(true);
  });

  test("by the names of a configuration", () => {
    const isSession = sessionCookiesNamed(["sid", /^auth-/]);
    expect(["sid", "sid.0", "auth-token", "sidebar"].map(isSession)).toEqual([true, true, true, false]);
  });
});

describe("what a jar holds", () => {
  const tokens = new Map([
    ["secret-0", rt(0)],
    ["secret-1", rt(1)],
  ]);

  test("is read where a token stands in the cookie, plain or encoded", () => {
    const holdings = new Holdings(
      () => () => true,
      tokens,
      () => rt(1),
    );
    const json = Buffer.from(JSON.stringify({ refresh_token: "secret-0" })).toString("base64url");
    expect(holdings.of("s=secret-0")).toEqual({ credential: rt(0), isRead: true });
    expect(holdings.of(`s=${json}`)).toEqual({ credential: rt(0), isRead: true });
    expect(holdings.of("s=%22secret-1%22")).toEqual({ credential: rt(1), isRead: true });
  });

  test("is otherwise what the issuer had issued when the cookie was first seen, and stays that", () => {
    let newest = rt(0);
    const holdings = new Holdings(
      () => () => true,
      tokens,
      () => newest,
    );
    expect(holdings.of("s=sealed-a")).toEqual({ credential: rt(0), isRead: false });
    newest = rt(1);
    expect(holdings.of("s=sealed-b")?.credential).toEqual(rt(1));
    expect(holdings.of("s=sealed-a")?.credential).toEqual(rt(0));
  });

  test("is nothing without a session cookie, or before there is a session", () => {
    const holdings = new Holdings(
      () => (name) => name === "s",
      tokens,
      () => null,
    );
    expect(holdings.of("theme=dark")).toBeNull();
    expect(holdings.of("s=")).toBeNull();
    expect(holdings.of("s=sealed")).toBeNull();
  });
});
