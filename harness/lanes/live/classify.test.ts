import { expect, test } from "vitest";
import { classifier } from "./classify.ts";

const answer = (status: number, { location, body = "" }: { readonly location?: string; readonly body?: string } = {}) => ({
  status,
  headers: new Headers(location === undefined ? {} : { location }),
  body,
});

const classify = classifier({
  signedIn: { status: 200, body: /sign out/i },
  signedOut: [{ location: "/login" }, { status: 401, body: "not_authenticated" }],
});

test("an answer is what its first matching word says", () => {
  expect(classify(answer(200, { body: "<button>Sign out</button>" }), "page")).toBe("signed-in");
  expect(classify(answer(302, { location: "/login" }), "page")).toBe("signed-out");
  expect(classify(answer(302, { location: "http://localhost:3000/login?return_to=%2F" }), "page")).toBe("signed-out");
  expect(classify(answer(401, { body: '{"error":"not_authenticated"}' }), "page")).toBe("signed-out");
  expect(classify(answer(200, { body: "Welcome" }), "page")).toBe("other");
});

test("a path is not the beginning of another one, and a location counts only with a redirect", () => {
  expect(classify(answer(302, { location: "/login-help" }), "page")).toBe("other");
  expect(classify(answer(200, { location: "/login" }), "page")).toBe("other");
});

test.each([408, 429, 502, 503, 504])("status %i says nothing of the session unless the configuration does", (status) => {
  expect(classify(answer(status), "page")).toBe("unavailable");
});

test("a bare 500 is no verdict and no promise", () => {
  expect(classify(answer(500), "page")).toBe("other");
});

test("an upgrade may be accepted, refused as stale, or sent to the sign-in", () => {
  expect(classify(answer(101), "upgrade")).toBe("signed-in");
  expect(classify(answer(401), "upgrade")).toBe("stale");
  expect(classify(answer(401), "page")).toBe("other");
  expect(classify(answer(302, { location: "/login" }), "upgrade")).toBe("signed-out");
});

test("a judgement of one's own is asked with the whole answer", () => {
  const own = classifier({
    signedIn: ({ body }) => JSON.parse(body).user !== null,
    signedOut: ({ body }) => JSON.parse(body).user === null,
  });
  expect(own(answer(200, { body: '{"user":null}' }), "page")).toBe("signed-out");
  expect(own(answer(200, { body: '{"user":"ada"}' }), "page")).toBe("signed-in");
});

test("a global regular expression gives the same answer each time", () => {
  const sticky = classifier({ signedIn: { body: /user/g }, signedOut: { status: 401 } });
  const page = answer(200, { body: "user" });
  expect([sticky(page, "page"), sticky(page, "page")]).toEqual(["signed-in", "signed-in"]);
});
