import { describe, expect, test } from "vitest";
import { createWorld, json } from "../callback/callback.testing.ts";
import { fetchJson } from "./fetch-json.ts";

const URL_ = "https://api.workos.test/thing";

function ask(world: ReturnType<typeof createWorld>, headers?: Record<string, string>) {
  return fetchJson(world.ports, { url: URL_, timeout: 5_000, ...(headers === undefined ? {} : { headers }) });
}

describe("a complete JSON answer is a statement", () => {
  test.each([200, 201, 299, 400, 401, 403, 404, 407, 409, 428, 430, 499])("%d", async (status) => {
    const world = createWorld();
    world.reply = () => json(status, { a: 1 });
    expect(await ask(world)).toEqual({ kind: "answered", status, body: { a: 1 } });
  });
});

describe("anything else is an outage", () => {
  test.each([300, 302, 399, 408, 429, 500, 502, 503, 504, 599])("status %d, even with JSON", async (status) => {
    const world = createWorld();
    world.reply = () => json(status, { a: 1 });
    expect(await ask(world)).toEqual({ kind: "unavailable", said: `the answer was ${status}`, retryAfter: null });
  });

  test("a redirect that the runtime hides behind status 0", async () => {
    const world = createWorld();
    world.reply = () => Response.error();
    expect(await ask(world)).toEqual({ kind: "unavailable", said: "the answer was 0", retryAfter: null });
  });

  test.each(["", "<html>", '{"a":'])("a body that is not JSON: %j", async (body) => {
    const world = createWorld();
    world.reply = () => new Response(body, { status: 200, headers: { "retry-after": "7" } });
    const said = "the answer was 200 with a body that is not JSON";
    expect(await ask(world)).toEqual({ kind: "unavailable", said, retryAfter: 7 });
  });

  test("with the wait that it asks for", async () => {
    const world = createWorld();
    world.reply = () => json(429, {}, { "retry-after": new Date(world.now + 9_000).toUTCString() });
    expect(await ask(world)).toMatchObject({ kind: "unavailable", retryAfter: 9 });
  });

  test("a connection that fails, without its words", async () => {
    const world = createWorld();
    world.reply = () => Promise.reject(new TypeError(`cannot connect with Bearer sk_secret`));
    const said = "the connection failed before the answer was complete";
    expect(await ask(world)).toEqual({ kind: "unavailable", said, retryAfter: null });
  });

  test("a body that breaks off", async () => {
    const world = createWorld();
    world.reply = () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) }));
    expect(await ask(world)).toMatchObject({ kind: "unavailable", said: "the connection failed before the answer was complete" });
  });

  test("silence: the request is abandoned at its time-out, not before", async () => {
    const world = createWorld();
    world.reply = () => new Promise(() => {});
    const asked = ask(world);
    let ended = false;
    asked.then(() => {
      ended = true;
    });
    world.advance(4_999);
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    expect(world.requests[0]?.init.signal?.aborted).toBe(false);
    world.advance(1);
    expect(await asked).toEqual({ kind: "unavailable", said: "no complete answer within 5000 ms", retryAfter: null });
    expect(world.requests[0]?.init.signal?.aborted).toBe(true);
  });
});

test("an answer in time leaves no timer behind and abandons nothing", async () => {
  const world = createWorld();
  let released = false;
  const wait = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal?.addEventListener("abort", () => {
        released = true;
        resolve();
      });
    });
  world.reply = () => json(200, []);
  await fetchJson({ ...world.ports, wait }, { url: URL_, timeout: 1 });
  expect(released).toBe(true);
  expect(world.requests[0]?.init.signal?.aborted).toBe(false);
});

test("it asks for JSON, sends the headers, follows no redirect and gives fetch no receiver", async () => {
  const world = createWorld();
  world.reply = () => json(200, null);
  expect(await ask(world, { authorization: "Bearer x" })).toMatchObject({ body: null });
  expect(world.requests).toMatchObject([
    { url: URL_, init: { redirect: "manual", headers: { accept: "application/json", authorization: "Bearer x" } } },
  ]);
});
