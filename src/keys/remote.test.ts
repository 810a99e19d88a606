import { errors, type JSONWebKeySet } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { createSigner, createWorld, json, type World } from "../callback/callback.testing.ts";
import { KeySetUnavailable } from "./key-set.ts";
import { createRemoteKeySet, type RemoteKeySetOptions } from "./remote.ts";

const URL_ = "https://api.workos.test/sso/jwks/client_1";
const [one, two] = [await createSigner("key-1"), await createSigner("key-2")];
const rotated = { keys: [...one.jwks.keys, ...two.jwks.keys] };
const token = { payload: "", signature: "" };

let world: World;
beforeEach(() => {
  world = createWorld();
  world.reply = () => json(200, one.jwks);
});

function keySet(options: Partial<RemoteKeySetOptions> = {}) {
  const keys = createRemoteKeySet({ url: URL_, ports: world.ports, ...options });
  return (kid: string) => keys({ alg: "RS256", kid }, token);
}

function publish(jwks: JSONWebKeySet): void {
  world.reply = () => json(200, jwks);
}

function fail(status = 503, headers: Record<string, string> = {}): void {
  world.reply = () => json(status, {}, headers);
}

async function failure(promise: Promise<unknown>): Promise<KeySetUnavailable> {
  const error = await promise.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(KeySetUnavailable);
  return error as KeySetUnavailable;
}

test("nothing is fetched before a key is needed; then once, and the set is kept", async () => {
  const find = keySet();
  expect(world.requests).toEqual([]);
  expect(await find("key-1")).toMatchObject({ type: "public" });
  world.advance(599_999);
  await find("key-1");
  expect(world.requests.map(({ url }) => url)).toEqual([URL_]);
});

test("callers that come while it is fetched share the fetch", async () => {
  const find = keySet();
  await Promise.all([find("key-1"), find("key-1"), find("key-1")]);
  expect(world.requests).toHaveLength(1);
});

describe("age", () => {
  test("the set is fetched again after ten minutes, and a retired key is gone with it", async () => {
    const find = keySet();
    await find("key-1");
    publish(two.jwks);
    world.advance(600_000);
    await expect(find("key-1")).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(world.requests).toHaveLength(2);
  });

  test("maxAge says how many milliseconds", async () => {
    const find = keySet({ maxAge: 1_000 });
    await find("key-1");
    world.advance(999);
    await find("key-1");
    expect(world.requests).toHaveLength(1);
    world.advance(1);
    await find("key-1");
    expect(world.requests).toHaveLength(2);
  });

  test("is counted from the request and not from the answer", async () => {
    let answer = (_: Response) => {};
    world.reply = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const find = keySet({ maxAge: 1_000 });
    const first = find("key-1");
    world.advance(600);
    answer(json(200, one.jwks));
    await first;
    publish(one.jwks);
    world.advance(400);
    await find("key-1");
    expect(world.requests).toHaveLength(2);
  });

  test("a clock that was set back makes the set be fetched again", async () => {
    const find = keySet();
    await find("key-1");
    world.advance(-1);
    await find("key-1");
    expect(world.requests).toHaveLength(2);
  });
});

describe("a key that the set does not have", () => {
  test("is looked for at the issuer: a rotation is seen", async () => {
    const find = keySet();
    await find("key-1");
    publish(rotated);
    world.advance(30_000);
    expect(await find("key-2")).toMatchObject({ type: "public" });
    expect(world.requests).toHaveLength(2);
  });

  test("is no such key while the set is younger than the cooldown, without a fetch", async () => {
    const find = keySet();
    await find("key-1");
    publish(rotated);
    world.advance(29_999);
    await expect(find("key-2")).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(world.requests).toHaveLength(1);
  });

  test("is no such key when the issuer does not have it either, and each cooldown asks once", async () => {
    const find = keySet({ cooldown: 1_000 });
    await find("key-1");
    world.advance(1_000);
    for (let i = 0; i < 5; i += 1) await expect(find("key-9")).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(world.requests).toHaveLength(2);
  });

  test("is an outage when the issuer cannot be asked, and known keys go on", async () => {
    const find = keySet();
    await find("key-1");
    world.advance(30_000);
    fail();
    expect(await failure(find("key-2"))).toMatchObject({ message: "the key set: the answer was 503", retryAfter: 5 });
    expect(await find("key-1")).toMatchObject({ type: "public" });
  });
});

test("a header that names no key is ambiguous among several, and nothing is fetched for it", async () => {
  publish(rotated);
  const keys = createRemoteKeySet({ url: URL_, ports: world.ports });
  for (const moment of [0, 30_000]) {
    world.advance(moment);
    await expect(keys({ alg: "RS256" }, token)).rejects.toThrow(errors.JWKSMultipleMatchingKeys);
  }
  expect(world.requests).toHaveLength(1);
});

describe("an issuer that is down", () => {
  test("is an outage on a cold isolate, with the wait that it asked for", async () => {
    fail(429, { "retry-after": "7" });
    expect(await failure(keySet()("key-1"))).toMatchObject({ message: "the key set: the answer was 429", retryAfter: 7 });
  });

  test("leaves the old set in use for an hour beyond its age", async () => {
    const find = keySet();
    await find("key-1");
    fail();
    world.advance(600_000 + 3_599_999);
    expect(await find("key-1")).toMatchObject({ type: "public" });
    world.advance(1);
    await failure(find("key-1"));
  });

  test("staleIfError says how many milliseconds", async () => {
    const find = keySet({ maxAge: 1_000, staleIfError: 0 });
    await find("key-1");
    fail();
    world.advance(1_000);
    await failure(find("key-1"));
  });

  test("is asked again after a second, and not before", async () => {
    const find = keySet();
    fail();
    await failure(find("key-1"));
    publish(one.jwks);
    world.advance(999);
    await failure(find("key-1"));
    expect(world.requests).toHaveLength(1);
    world.advance(1);
    expect(await find("key-1")).toMatchObject({ type: "public" });
  });

  test.each([
    ["3", 3_000],
    ["3600", 30_000],
    ["0", 1_000],
  ])("asked for %s s, it is left alone for %d ms", async (seconds, pause) => {
    const find = keySet();
    fail(503, { "retry-after": seconds });
    await failure(find("key-1"));
    publish(one.jwks);
    world.advance(pause - 1);
    expect(await failure(find("key-1"))).toMatchObject({ retryAfter: Number(seconds) });
    world.advance(1);
    await find("key-1");
    expect(world.requests).toHaveLength(2);
  });

  test("whose pause began at the answer and not at the request", async () => {
    let answer = (_: Response) => {};
    world.reply = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const find = keySet();
    const first = failure(find("key-1"));
    world.advance(900);
    answer(json(503, {}));
    await first;
    publish(one.jwks);
    world.advance(500);
    await failure(find("key-1"));
    expect(world.requests).toHaveLength(1);
  });

  test("once back is forgotten: a later unknown key asks at once", async () => {
    const find = keySet({ cooldown: 0 });
    fail(503, { "retry-after": "30" });
    await failure(find("key-1"));
    publish(one.jwks);
    world.advance(30_000);
    await find("key-1");
    publish(rotated);
    world.advance(-30_000);
    expect(await find("key-2")).toMatchObject({ type: "public" });
  });

  test("is given up after 5 s, or the time-out", async () => {
    world.reply = () => new Promise(() => {});
    for (const [find, timeout] of [[keySet(), 5_000] as const, [keySet({ timeout: 100 }), 100] as const]) {
      const found = failure(find("key-1"));
      world.advance(timeout);
      expect((await found).message).toBe(`the key set: no complete answer within ${timeout} ms`);
    }
  });
});

describe("an answer that is no key set counts as an outage", () => {
  test.each([
    ["an empty set", 200, { keys: [] }],
    ["another shape", 200, { key: [] }],
    ["null", 200, null],
    ["keys under another status", 404, one.jwks],
    ["keys under a success that is no 200", 206, one.jwks],
  ])("%s", async (_, status, body) => {
    world.reply = () => json(status, body);
    const error = await failure(keySet()("key-1"));
    expect(error).toMatchObject({ message: `the key set: the answer was ${status} without a key set`, retryAfter: 5 });
  });
});
