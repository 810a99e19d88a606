import { describe, expect, test } from "vitest";
import { type Bench, bench, CLIENT_ID } from "../issuer.testing.ts";
import type { FaultRule } from "./fault-plan.ts";

const atRefresh = { endpoint: "token", grantType: "refresh_token" } as const;

/** What a refresh comes to, in a word. */
async function outcome(refreshing: Promise<{ status: number }>): Promise<string> {
  try {
    return String((await refreshing).status);
  } catch (error) {
    return error instanceof TypeError ? error.message : String(error);
  }
}

async function settled<T>(promise: Promise<T>): Promise<T | "waits"> {
  await new Promise(setImmediate);
  return Promise.race([promise, Promise.resolve("waits" as const)]);
}

async function signedIn(...rules: FaultRule[]): Promise<Bench & { token: string }> {
  // Signatures that take no time: whatever does not wait for a fault has come to its end within the turn.
  const world = bench({ rs256: async () => new Uint8Array(256) });
  const { refresh: token } = await world.signIn();
  world.issuer.control.faults.add(...rules);
  return { ...world, token };
}

describe("a fault before the commit", () => {
  test("that breaks the connection leaves the token as it was", async () => {
    const world = await signedIn({ at: atRefresh, when: "before-commit", effect: { kind: "reset" } });
    expect(await outcome(world.refresh(world.token))).toBe("fetch failed");
    expect(world.summary()).toBe("F1: g0 live");
    expect(await outcome(world.refresh(world.token))).toBe("200");
  });

  test("that answers in the issuer's place says when to come back", async () => {
    const world = await signedIn({
      at: atRefresh,
      when: "before-commit",
      effect: { kind: "answer", status: 429, retryAfter: 7 },
    });
    const reply = await world.refresh(world.token);
    expect([reply.status, reply.headers.get("retry-after"), reply.body.error]).toEqual([429, "7", "temporarily_unavailable"]);
    expect(world.summary()).toBe("F1: g0 live");
  });
});

describe("a fault after the commit", () => {
  test("that breaks the connection loses an answer that was given", async () => {
    const world = await signedIn({ at: atRefresh, when: "after-commit", effect: { kind: "reset" } });
    expect(await outcome(world.refresh(world.token))).toBe("fetch failed");
    expect(world.summary()).toBe("F1: g0 grace, g1 live");
  });

  test("that is a proxy's page hides an answer that was given", async () => {
    const world = await signedIn({ at: atRefresh, when: "after-commit", effect: { kind: "answer", status: 502, body: "html" } });
    const response = await world.issuer.fetch(refreshRequest(world.token));
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html; charset=utf-8"]);
    expect(world.summary()).toBe("F1: g0 grace, g1 live");
  });

  test("that cuts the answer lets the head arrive, and as many bytes as it says", async () => {
    const world = await signedIn({ at: atRefresh, when: "after-commit", effect: { kind: "truncate", bytes: 10 } });
    const response = await world.issuer.fetch(refreshRequest(world.token));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(10);
    await expect(reader?.read()).rejects.toThrow(new TypeError("terminated"));
  });

  test("that cuts an answer which has no body breaks the connection", async () => {
    const world = await signedIn({ at: { endpoint: "authorize" }, when: "after-commit", effect: { kind: "truncate" } });
    await expect(world.authorize()).rejects.toThrow("fetch failed");
  });
});

describe("the address of a fault", () => {
  test.each<[string, FaultRule["at"], readonly string[]]>([
    ["nothing: every request", {}, ["503", "503", "503"]],
    ["an endpoint that is not asked", { endpoint: "jwks" }, ["200", "200", "200"]],
    ["the grant type", { grantType: "authorization_code" }, ["200", "200", "200"]],
    ["the client", { clientId: CLIENT_ID }, ["503", "503", "503"]],
    ["another client", { clientId: "client_other" }, ["200", "200", "200"]],
    ["the family", { family: "F2" }, ["200", "200", "503"]],
    ["the generation", { generation: 1 }, ["200", "503", "200"]],
    ["a generation of a family", { family: "F2", generation: 1 }, ["200", "200", "200"]],
  ])("can be %s", async (_, at, expected) => {
    const world = bench();
    const { refresh: first } = await world.signIn();
    const { refresh: other } = await world.signIn();
    const next = (await world.refresh(first)).body.refresh_token;
    world.issuer.control.faults.add({ at, times: null, when: "before-commit", effect: { kind: "answer", status: 503 } });

    const seen = [await world.refresh(first), await world.refresh(next), await world.refresh(other)];

    expect(seen.map(({ status }) => String(status))).toEqual(expected);
  });

  test("is the nth that fits, and as many after it as it says", async () => {
    const world = await signedIn({ at: atRefresh, nth: 2, times: 2, when: "before-commit", effect: { kind: "answer", status: 503 } });
    const seen: number[] = [];
    for (let index = 0; index < 5; index++) seen.push((await world.refresh(world.token)).status);
    expect(seen).toEqual([200, 503, 503, 200, 200]);
    expect(world.issuer.control.faults.list()).toMatchObject([{ id: "fault 1", seen: 5, struck: 2 }]);
  });
});

describe("a hold", () => {
  test("keeps a request from the issuer until it is released", async () => {
    const world = await signedIn({ at: atRefresh, when: "before-commit", effect: { kind: "hold" } });
    const refreshing = world.refresh(world.token);
    expect(await settled(refreshing)).toBe("waits");
    expect(world.summary()).toBe("F1: g0 live");
    expect(world.issuer.control.faults.held()).toMatchObject([{ id: "held 1", fault: "fault 1", address: { endpoint: "token" } }]);

    expect(world.issuer.control.faults.release("held 1")).toBe(1);
    expect((await refreshing).status).toBe(200);
    expect(world.issuer.control.faults.held()).toEqual([]);
  });

  test("after the commit keeps an answer that was given already", async () => {
    const world = await signedIn({ at: atRefresh, when: "after-commit", effect: { kind: "hold" } });
    const refreshing = world.refresh(world.token);
    expect(await settled(refreshing)).toBe("waits");
    expect(world.summary()).toBe("F1: g0 grace, g1 live");
    world.issuer.control.faults.release();
    expect((await refreshing).status).toBe(200);
  });

  test("until two wait makes a race certain: the second presents what the first has spent", async () => {
    const world = await signedIn({ at: atRefresh, when: "before-commit", effect: { kind: "hold", requests: 2 } });
    const first = world.refresh(world.token);
    expect(await settled(first)).toBe("waits");
    const both = await Promise.all([first, world.refresh(world.token)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(world.events.map((event) => ("outcome" in event ? event.outcome : event.type))).toEqual([
      "session-started",
      "rotated",
      "replayed",
    ]);
    expect((await world.refresh(world.token)).status).toBe(200);
  });

  test("lets go when its rule is removed, and when all are cleared", async () => {
    const world = await signedIn(
      { at: atRefresh, when: "before-commit", effect: { kind: "hold" } },
      { at: atRefresh, nth: 2, when: "before-commit", effect: { kind: "hold" } },
    );
    const [one, two] = [world.refresh(world.token), world.refresh(world.token)];
    expect(await settled(Promise.race([one, two]))).toBe("waits");
    expect(world.issuer.control.faults.remove("fault 1")).toBe(true);
    expect((await one).status).toBe(200);
    expect(await settled(two)).toBe("waits");
    world.issuer.control.faults.clear();
    expect((await two).status).toBe(200);
    expect(world.issuer.control.faults.active).toBe(false);
  });

  test("forgets a request whose client has gone, which the issuer then never sees", async () => {
    const world = await signedIn({ at: atRefresh, when: "before-commit", effect: { kind: "hold", requests: 2 } });
    const client = new AbortController();
    const gone = outcome(world.issuer.fetch(new Request(refreshRequest(world.token), { signal: client.signal })));
    await settled(gone);
    client.abort();
    expect(await gone).toBe("fetch failed");
    expect(world.issuer.control.faults.held()).toEqual([]);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("breaks the connections when the issuer goes away", async () => {
    const world = await signedIn({ at: atRefresh, when: "before-commit", effect: { kind: "hold" } });
    const refreshing = outcome(world.refresh(world.token));
    await settled(refreshing);
    world.issuer.control.faults.abandon();
    expect(await refreshing).toBe("fetch failed");
  });
});

describe("several faults of one request", () => {
  test("strike in their order, until one answers", async () => {
    const world = await signedIn(
      { at: atRefresh, when: "before-commit", effect: { kind: "hold" } },
      { at: atRefresh, when: "before-commit", effect: { kind: "answer", status: 408 } },
      { at: atRefresh, when: "after-commit", effect: { kind: "reset" } },
    );
    const refreshing = outcome(world.refresh(world.token));
    expect(await settled(refreshing)).toBe("waits");
    world.issuer.control.faults.release();
    expect(await refreshing).toBe("408");
    expect(world.summary()).toBe("F1: g0 live");
  });
});

test("a slow answer takes as long as it says, by the clock that waits", async () => {
  const waits: number[] = [];
  const world = bench({ wait: async (ms) => void waits.push(ms) });
  world.issuer.control.faults.add({ at: { endpoint: "jwks" }, when: "after-commit", effect: { kind: "slow", ms: 1_500 } });
  expect((await world.send(`/sso/jwks/${CLIENT_ID}`)).status).toBe(200);
  expect(waits).toEqual([1_500]);
});

test("a key set can be down, a page, or empty", async () => {
  const world = bench();
  const answer = { at: { endpoint: "jwks" }, when: "before-commit" } as const;
  world.issuer.control.faults.add(
    { ...answer, effect: { kind: "answer", status: 503, body: "empty" } },
    { ...answer, nth: 2, effect: { kind: "answer", status: 200, body: "html" } },
    { ...answer, nth: 3, effect: { kind: "answer", status: 200, body: "empty-key-set" } },
  );
  const fetchKeys = async () => {
    const response = await world.issuer.fetch(new Request(`https://api.workos.test/sso/jwks/${CLIENT_ID}`));
    return [response.status, (await response.text()).slice(0, 15)];
  };
  expect(await fetchKeys()).toEqual([503, ""]);
  expect(await fetchKeys()).toEqual([200, "<!doctype html>"]);
  expect(await fetchKeys()).toEqual([200, '{"keys":[]}']);
  expect((await fetchKeys())[1]).toContain('{"keys":[{"kty"');
});

test.each<[string, FaultRule, string]>([
  ["cut before the commit", { when: "before-commit", effect: { kind: "truncate" } }, "a truncated answer `after-commit`"],
  ["a redirect", { when: "before-commit", effect: { kind: "answer", status: 302 } }, "a status of 200, or of 400 to 599"],
  ["half a second to retry after", { when: "before-commit", effect: { kind: "answer", status: 503, retryAfter: 0.5 } }, "`retryAfter`"],
  ["the zeroth", { nth: 0, when: "before-commit", effect: { kind: "reset" } }, "`nth` to be a whole number"],
  ["no times", { times: 0, when: "before-commit", effect: { kind: "reset" } }, "`times` to be a whole number"],
  ["a barrier that nothing opens", { times: 1, when: "before-commit", effect: { kind: "hold", requests: 2 } }, "`times` of at least the 2"],
  ["slow without a way to wait", { when: "before-commit", effect: { kind: "slow", ms: 5 } }, "an issuer that can wait"],
])("a rule that means nothing is refused, and none is added: %s", (_, rule, message) => {
  const { faults } = bench().issuer.control;
  const good: FaultRule = { when: "before-commit", effect: { kind: "reset" } };
  expect(() => faults.add(good, rule)).toThrow(expect.objectContaining({ code: "BAD_USAGE", message: expect.stringContaining(message) }));
  expect(faults.active).toBe(false);
});

test("the state tells of faults and of what they hold, and not of their ids' bytes", async () => {
  const world = await signedIn({ at: atRefresh, when: "before-commit", effect: { kind: "hold" } });
  const refreshing = world.refresh(world.token);
  await settled(refreshing);
  const { faults } = world.issuer.state() as { faults: unknown };
  expect(faults).toEqual([
    [["fault 1", { at: atRefresh, when: "before-commit", effect: { kind: "hold" } }, 1, 1]],
    [["fault 1", "before-commit", "POST", "token", "RT F1.g0"]],
  ]);
  world.issuer.control.faults.release();
  await refreshing;
});

test("a body that was looked at still says what it said", async () => {
  const world = await signedIn({ at: { endpoint: "jwks" }, when: "before-commit", effect: { kind: "reset" } });
  expect((await world.authenticate({ grant_type: "refresh_token", refresh_token: "ü" })).status).toBe(400);
  expect((await world.refresh(world.token)).status).toBe(200);
});

function refreshRequest(token: string): Request {
  return new Request("https://api.workos.test/user_management/authenticate", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "refresh_token",
      client_id: CLIENT_ID,
      client_secret: "sk_test_0123456789",
      refresh_token: token,
    }),
  });
}
