import { beforeEach, describe, expect, test } from "vitest";
import { RepositoryError } from "../repository/repository.ts";
import { API_KEY, createSigner, createWorld, FakeRepository, ISSUER, json, START, testVerifier, type World } from "./callback.testing.ts";
import { type CallbackOptions, createCallback, RECORD_TOLERANCE } from "./callback.ts";
import { createUserDirectory } from "./users.ts";

const signer = await createSigner();

let world: World;
let repository: FakeRepository;
beforeEach(() => {
  world = createWorld();
  repository = new FakeRepository();
  world.reply = (url) => {
    const id = url.split("/").at(-1);
    return json(200, { id, email: `${id?.replace("user_", "")}@example.test` });
  };
});

function createTestCallback(options: Partial<CallbackOptions> = {}) {
  return createCallback({
    verify: testVerifier(world, signer.jwks),
    findEmail: createUserDirectory({ origin: ISSUER, apiKey: API_KEY, ports: world.ports }),
    repository,
    ports: world.ports,
    log: (entry) => world.log.push(entry),
    ...options,
  });
}

async function call(claims: Record<string, unknown> = {}, options: Partial<CallbackOptions> = {}) {
  return createTestCallback(options)(`Bearer ${await signer.sign(claims)}`);
}

test("a first sign-in reaches the repository whole, and its answer is passed on", async () => {
  const outcome = await call();
  expect(repository.resolved).toEqual([
    {
      workosUserId: "user_ada",
      email: "ada@example.test",
      idempotencyKey: "workos-jti:jti_1",
      expiresAt: START + 300_000 + RECORD_TOLERANCE,
      now: START,
    },
  ]);
  expect(outcome).toMatchObject({
    kind: "resolved",
    resolved: { workspace: { name: "ada's Workspace" }, member: { email: "ada@example.test" }, defaultApiKey: { secret: "hf_secret_1" } },
  });
  expect(world.log).toEqual([]);
});

describe("the idempotency key", () => {
  test.each([
    [{}, "workos-jti:jti_1"],
    [{ sid: undefined }, "workos-jti:jti_1"],
    [{ jti: undefined }, "workos-session:session_1"],
    [{ jti: " " }, "workos-session:session_1"],
  ])("of %j is %s when it reaches the repository", async (claims, key) => {
    await call(claims);
    expect(repository.resolved.map(({ idempotencyKey }) => idempotencyKey)).toEqual([key]);
  });

  test("bug class: accepted and never used. A replay gets the same answer and changes nothing", async () => {
    const first = await call();
    world.now += 60_000;
    expect(await call()).toEqual(first);
    expect((await repository.getWebMemberByWorkOsUserId("user_ada"))?.member.lastSeenAt).toBe(START);
  });

  test("bug class: blank ids. Unrelated callbacks do not collapse onto one key, and none reaches the repository", async () => {
    for (const ids of [
      { jti: "", sid: " " },
      { jti: undefined, sid: undefined },
      { jti: null, sid: "" },
    ]) {
      for (const sub of ["user_ada", "user_ben"]) {
        expect(await call({ ...ids, sub })).toEqual({ kind: "rejected", reason: "identity_missing" });
      }
    }
    expect(repository.resolved).toEqual([]);
    expect(world.requests).toEqual([]);
  });

  test("bug class: a first sign-in replayed as a seen one. The replay still has the default key", async () => {
    await call();
    expect(await call()).toMatchObject({ resolved: { defaultApiKey: { secret: "hf_secret_1" } } });
    expect(await call({ jti: "jti_2" })).toMatchObject({ resolved: { defaultApiKey: null } });
  });

  test("a record outlives every request that its token may make", () => {
    expect(RECORD_TOLERANCE).toBeGreaterThanOrEqual(30_000 + 5_000 + 5_000);
  });
});

test("bug class: a detached method. The repository is called on its own receiver", async () => {
  // FakeRepository has private members, so a call without its receiver would throw.
  expect((await call()).kind).toBe("resolved");
  let receiver: unknown;
  const spy = {
    resolveWebMember(this: unknown) {
      receiver = this;
      return Promise.reject(new RepositoryError("idempotency_key_reused", "x"));
    },
  };
  await call({}, { repository: spy });
  expect(receiver).toBe(spy);
});

describe("the email", () => {
  test("comes from WorkOS, whatever the token claims", async () => {
    await call({ email: "mallory@example.test" });
    expect(repository.resolved[0]?.email).toBe("ada@example.test");
  });

  test("comes from a trusted claim without a call", async () => {
    await call({ mail: "ada@trusted.test" }, { trustedEmailClaim: "mail" });
    expect(repository.resolved[0]?.email).toBe("ada@trusted.test");
    expect(world.requests).toEqual([]);
  });

  test("comes from WorkOS when no claim is trusted, whatever the claims are called", async () => {
    await call({ undefined: "mallory@example.test" });
    expect(repository.resolved[0]?.email).toBe("ada@example.test");
  });

  test.each([undefined, " ", 7, "nobody"])("comes from WorkOS when the trusted claim is %j", async (mail) => {
    await call({ mail }, { trustedEmailClaim: "mail" });
    expect(repository.resolved[0]?.email).toBe("ada@example.test");
  });
});

describe("refusals stop before the repository, and are logged once", () => {
  test("a rejected token", async () => {
    expect(await call({ iss: "https://evil.example" })).toEqual({ kind: "rejected", reason: "issuer_not_allowed" });
    expect(world.log).toEqual([{ event: "rejected", reason: "issuer_not_allowed" }]);
    expect([repository.resolved, world.requests]).toEqual([[], []]);
  });

  test.each([
    ["user_not_found", 404, {}],
    ["user_mismatch", 200, { id: "user_ben", email: "ben@example.test" }],
    ["email_missing", 200, { id: "user_ada" }],
  ])("%s", async (reason, status, body) => {
    world.reply = () => json(status, body);
    expect(await call()).toEqual({ kind: "rejected", reason });
    expect(world.log).toEqual([{ event: "rejected", reason }]);
    expect(repository.resolved).toEqual([]);
  });

  test("WorkOS is down", async () => {
    world.reply = () => json(503, {}, { "retry-after": "9" });
    expect(await call()).toEqual({ kind: "unavailable", dependency: "users", said: "the answer was 503", retryAfter: 9 });
    expect(world.log).toEqual([{ event: "unavailable", dependency: "users", said: "the answer was 503" }]);
    expect(repository.resolved).toEqual([]);
  });
});

describe("the repository", () => {
  const inFlight = (retryAfter: number | null = 2) => new RepositoryError("idempotency_in_flight", "held", retryAfter);

  test("is asked again while the key is in flight, at the time of each attempt", async () => {
    repository.faults = [inFlight(), inFlight(), inFlight()];
    expect((await call()).kind).toBe("resolved");
    expect(world.waits).toEqual([100, 300, 900]);
    expect(repository.resolved.map(({ now }) => now - START)).toEqual([0, 100, 400, 1_300]);
    expect(new Set(repository.resolved.map(({ expiresAt }) => expiresAt)).size).toBe(1);
    expect(world.log).toEqual([]);
  });

  test("is given up after that, with the wait that it asked for", async () => {
    repository.faults = [inFlight(), inFlight(), inFlight(), inFlight(1.2)];
    expect(await call()).toEqual({ kind: "in_flight", retryAfter: 2 });
    expect(repository.resolved).toHaveLength(4);
    expect(world.log).toEqual([{ event: "conflict", code: "idempotency_in_flight" }]);
  });

  test.each([
    [null, 1],
    [0, 1],
    [3, 3],
  ])("that asked for %s s is answered with %d s", async (asked, retryAfter) => {
    repository.faults = Array.from({ length: 4 }, () => inFlight(asked));
    expect(await call()).toEqual({ kind: "in_flight", retryAfter });
  });

  test.each([
    [4_899, 2],
    [4_900, 1],
  ])("is not asked again 5 s after the first attempt: %d ms for one make %d", async (each, attempts) => {
    const slow = {
      async resolveWebMember(): Promise<never> {
        world.now += each;
        calls += 1;
        throw inFlight();
      },
    };
    let calls = 0;
    expect(await call({}, { repository: slow })).toMatchObject({ kind: "in_flight" });
    expect(calls).toBe(attempts);
  });

  test("refuses another user's key, which is not tried again", async () => {
    await call();
    expect(await call({ sub: "user_ben" })).toEqual({ kind: "key_reused" });
    expect(repository.resolved).toHaveLength(2);
    expect(world.log).toEqual([{ event: "conflict", code: "idempotency_key_reused" }]);
  });

  test.each([
    [7, 7],
    [null, 5],
    [0.2, 1],
  ])("that is down for %s s is an outage of %d s, without its words", async (asked, retryAfter) => {
    repository.faults = [new RepositoryError("unavailable", "connect postgres://user:password@host", asked)];
    expect(await call()).toEqual({ kind: "unavailable", dependency: "repository", said: "the repository is unavailable", retryAfter });
    expect(world.log).toEqual([{ event: "unavailable", dependency: "repository", said: "the repository is unavailable" }]);
    expect(repository.resolved).toHaveLength(1);
  });

  test.each([
    new RepositoryError("invalid_argument", "expected an email"),
    new TypeError("a bug"),
    Object.assign(new Error("of another library"), { code: "idempotency_key_reused" }),
    Object.assign(new Error("of another library"), { code: "unavailable" }),
  ])("whose fault has no name rejects: %s", async (error) => {
    repository.faults = [error];
    await expect(call()).rejects.toBe(error);
    expect(world.log).toEqual([]);
  });
});

test("no log entry holds a token, a user id or an email", async () => {
  const secrets = ["user_ada", "ada@example.test", "jti_1", "session_1", API_KEY];
  const tokens = [await signer.sign(), await signer.sign({ exp: 1 }), await signer.sign({ iss: "x" })];
  const callback = createTestCallback();
  repository.faults = [new RepositoryError("unavailable", "user_ada ada@example.test")];
  await callback(`Bearer ${tokens[0]}`);
  for (const token of tokens) await callback(`Bearer ${token}`);
  world.reply = () => json(404, { email: "ada@example.test" });
  await callback(`Bearer ${tokens[0]}`);
  const logged = JSON.stringify(world.log);
  expect(world.log).toHaveLength(4);
  for (const secret of [...secrets, ...tokens]) expect(logged).not.toContain(secret);
});
