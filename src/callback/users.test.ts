import { beforeEach, describe, expect, test } from "vitest";
import { API_KEY, createWorld, ISSUER, json, type World } from "./callback.testing.ts";
import type { Text } from "./text.ts";
import { createUserDirectory, readEmail } from "./users.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});

function find(id = "user_ada") {
  return createUserDirectory({ origin: ISSUER, apiKey: API_KEY, ports: world.ports })(id as Text);
}

test("the canonical email is asked for with the API key", async () => {
  world.reply = () => json(200, { object: "user", id: "user_ada", email: "ada@example.test" });
  expect(await find()).toEqual({ kind: "found", email: "ada@example.test" });
  expect(world.requests).toMatchObject([
    { url: `${ISSUER}/user_management/users/user_ada`, init: { headers: { authorization: `Bearer ${API_KEY}` } } },
  ]);
});

test("an id is one part of the path, whatever it holds", async () => {
  world.reply = () => json(404, {});
  await find("../a b?c#d");
  expect(world.requests[0]?.url).toBe(`${ISSUER}/user_management/users/..%2Fa%20b%3Fc%23d`);
});

describe("verdicts", () => {
  test.each([
    ["user_not_found", 404, { code: "entity_not_found" }],
    ["user_mismatch", 200, { id: "user_ben", email: "ben@example.test" }],
    ["user_mismatch", 200, { id: "", email: "ben@example.test" }],
    ["email_missing", 200, { id: "user_ada" }],
    ["email_missing", 200, { id: "user_ada", email: " " }],
    ["email_missing", 200, { id: "user_ada", email: null }],
    ["email_missing", 200, { id: "user_ada", email: "ada" }],
  ])("%s: %d %j", async (reason, status, body) => {
    world.reply = () => json(status, body);
    expect(await find()).toEqual({ kind: "rejected", reason });
  });
});

describe("outages: 503 and never 401", () => {
  test.each([401, 403, 400, 422, 201, 204, 302, 408, 429, 500, 503])("status %d", async (status) => {
    const good = JSON.stringify({ id: "user_ada", email: "ada@example.test" });
    world.reply = () => new Response(status === 204 ? null : good, { status });
    expect(await find()).toMatchObject({ kind: "unavailable", dependency: "users", retryAfter: 5 });
  });

  test.each([null, {}, [], "user", { user: { id: "user_ada" } }, { id: 7, email: "ada@example.test" }])("200 with %j", async (body) => {
    world.reply = () => json(200, body);
    expect(await find()).toEqual({ kind: "unavailable", dependency: "users", said: "the answer was 200 without a user", retryAfter: 5 });
  });

  test("what our key is not allowed is said, without the key", async () => {
    world.reply = () => json(401, { message: API_KEY });
    expect(await find()).toEqual({ kind: "unavailable", dependency: "users", said: "the answer was 401", retryAfter: 5 });
  });

  test("an HTML 404 is a proxy's and not a verdict", async () => {
    world.reply = () => new Response("<html>", { status: 404 });
    expect(await find()).toMatchObject({ kind: "unavailable" });
  });

  test("the wait that was asked for is passed on", async () => {
    world.reply = () => json(429, {}, { "retry-after": "11" });
    expect(await find()).toMatchObject({ kind: "unavailable", said: "the answer was 429", retryAfter: 11 });
  });

  test("silence ends after 5 s, or the time-out", async () => {
    world.reply = () => new Promise(() => {});
    const options = { origin: ISSUER, apiKey: API_KEY, ports: world.ports };
    const asked = find();
    world.advance(5_000);
    expect(await asked).toMatchObject({ kind: "unavailable", said: "no complete answer within 5000 ms" });
    const sooner = createUserDirectory({ ...options, timeout: 10 })("user_ada" as Text);
    world.advance(10);
    expect(await sooner).toMatchObject({ kind: "unavailable", said: "no complete answer within 10 ms" });
  });
});

test.each([
  ["ada@example.test", true],
  [`${"a".repeat(241)}@example.test`, true],
  [`${"a".repeat(242)}@example.test`, false],
  ["a@b", true],
  ["@b", false],
  ["a@", false],
  ["a b@c", false],
  ["a@b@c", false],
  ["a@b c", false],
  ["", false],
  [7, false],
])("%j is an address: %s", (value, isAddress) => {
  expect(readEmail(value)).toBe(isAddress ? value : null);
});
