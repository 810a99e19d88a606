import { expect, test } from "vitest";
import { checkedConfig } from "./config-schema.ts";

const good = {
  name: "shop",
  app: { command: ["node", "server.js"], instances: 2 },
  pages: ["/account"],
  signedIn: { status: 200 },
  signedOut: { location: "/login" },
};

test("a configuration is taken as it is written", () => {
  const judge = () => true;
  expect(checkedConfig({ ...good, signedIn: judge, sessionCookies: ["sid", /^auth-/], skip: { theft: "not promised" } })).toMatchObject({
    signedIn: judge,
    app: { instances: 2 },
  });
  expect(checkedConfig({ ...good, app: { url: "http://localhost:3000" } }).app).toEqual({ url: "http://localhost:3000" });
});

test.each([
  ["nothing at all", null, "expected the configuration to be a configuration, got null"],
  [
    "no app",
    { ...good, app: undefined },
    "expected app of the configuration to be { command } for an app that is started, or { url } for one that runs, got nothing",
  ],
  [
    "a command that is one text",
    { ...good, app: { command: "node server.js" } },
    'expected command of app of the configuration to be a program and its arguments, as in ["node", "server.js"], got "node server.js"',
  ],
  ["no page", { ...good, pages: [] }, "expected pages of the configuration to be at least one path, got []"],
  [
    "a page that is a URL",
    { ...good, pages: ["http://localhost/"] },
    'expected pages.0 of the configuration to be a path of the app, as in /login, got "http://localhost/"',
  ],
  [
    "a matcher of nothing",
    { ...good, signedIn: {} },
    "expected signedIn of the configuration to be at least one of status, body and location, got {}",
  ],
  ["a name that nobody knows", { ...good, signedin: { status: 200 } }, 'expected a configuration, got "signedin"'],
  [
    "a profile that there is not",
    { ...good, issuer: { profile: "nobody" } },
    /^expected issuer\.profile of the configuration to be one of the profiles workos, .*, got "nobody"$/,
  ],
  [
    "an item that there is not",
    { ...good, skip: { rice: "no time" } },
    /^expected skip of the configuration to be items of the plan \(race, .*\), got "rice"$/,
  ],
  [
    "a promise that nobody can make",
    { ...good, promises: ["be-nice"] },
    /^expected promises\.0 of the configuration to be one of the invariants .*, got "be-nice"$/,
  ],
])("%s is refused", (_, value, message) => {
  expect(() => checkedConfig(value)).toThrow(
    expect.objectContaining({ code: "BAD_USAGE", message: typeof message === "string" ? message : expect.stringMatching(message) }),
  );
});
