import { beforeEach, describe, expect, test, vi } from "vitest";
import { createSessionCookie } from "../../../src/session/cookie.ts";
import { createSeal } from "../../../src/session/seal.ts";
import {
  applied,
  CLIENT,
  createSigner,
  createWorld,
  ISSUER,
  json,
  PASSWORD,
  SECRET,
  START,
  sessionOf,
  type World,
} from "../../../src/session/session.testing.ts";
import { createMemoryStore } from "../../../src/session/store/memory.ts";
import type { Answer, Environment } from "../../model/target.ts";
import { reference } from "./target.ts";

const signer = await createSigner();
const cookie = applied(
  await createSessionCookie({ seal: createSeal([PASSWORD]), now: () => START }).seal(sessionOf({ accessToken: await signer.sign() })),
);
const EXPIRED = START + 300_000;

let world: World;
beforeEach(() => {
  world = createWorld();
});

function environment(strategy = "single-flight"): Environment {
  return {
    isolate: 1,
    origin: "https://app.test",
    issuer: {
      origin: ISSUER,
      issuer: ISSUER,
      clientId: CLIENT,
      apiKey: SECRET,
      profile: "workos",
      grace: 30_000,
      refreshTokenLifetime: null,
      jwks: { keys: signer.jwks.keys as never },
    },
    strategy,
    cookiePasswords: [PASSWORD],
    store: createMemoryStore(world.ports),
    ...world.ports,
  };
}

async function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const instance = await reference.create(environment());
  const response = await instance.fetch(new Request(`https://app.test${path}`, { method, headers }));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

describe("a page", () => {
  test.each(["/", "/any/page"])("%s shows the user: signed-in", async (path) => {
    const answer = await ask(path, { cookie });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ user: "user_ada" });
    expect(reference.classify(answer)).toBe("signed-in");
  });

  test("carries the rotated cookie", async () => {
    world.now = EXPIRED;
    const accessToken = await signer.sign({ exp: EXPIRED / 1000 + 300 });
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const answer = await ask("/", { cookie });
    expect(answer.status).toBe(200);
    expect(applied(answer.headers.getSetCookie(), cookie)).toMatch(/^__Host-holdfast-session\.key_ada_\.1\.0=1~ey[^;]+$/);
  });

  test("without a session redirects to the sign-in: signed-out", async () => {
    const answer = await ask("/");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/login"]);
    expect(reference.classify(answer)).toBe("signed-out");
  });

  test("after a rejection redirects and clears the cookie", async () => {
    world.now = EXPIRED;
    world.reply = () => json(400, { error: "invalid_grant" });
    const answer = await ask("/", { cookie });
    expect(reference.classify(answer)).toBe("signed-out");
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-holdfast-session\.key_ada_\.0\.0=; Max-Age=0;/);
  });

  test("asks in vain for a renewal without a session: signed-out", async () => {
    const answer = await ask("/session", { origin: "https://app.test" }, "POST");
    expect(answer.status).toBe(401);
    expect(reference.classify(answer)).toBe("signed-out");
  });

  test("during an outage is a 503 with Retry-After: unavailable", async () => {
    world.now = EXPIRED;
    world.reply = () => json(429, {}, { "retry-after": "9" });
    const answer = await ask("/", { cookie });
    expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("cache-control")]).toEqual([503, "9", "no-store"]);
    expect(JSON.parse(answer.body)).toEqual({ error: { code: "unavailable", message: "the issuer answered 429" } });
    expect(reference.classify(answer)).toBe("unavailable");
  });

  test("a stale upgrade is a 401 session_stale: stale", async () => {
    world.now = EXPIRED;
    const answer = await ask("/", { cookie, upgrade: "websocket" });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "session_stale" } });
    expect(reference.classify(answer)).toBe("stale");
  });

  test("a stale prefetch is a 503 that nobody stores", async () => {
    world.now = EXPIRED;
    const answer = await ask("/", { cookie, "sec-purpose": "prefetch" });
    expect([answer.status, answer.headers.get("cache-control"), answer.headers.get("location")]).toEqual([503, "no-store", null]);
    expect(reference.classify(answer)).toBe("unavailable");
  });
});

test.each([
  ["auth0", 403, { error: "invalid_grant" }],
  ["dex", 400, { error: "invalid_request", error_description: "Refresh token expired." }],
  ["zitadel", 400, { error: "invalid_request" }],
])("the target knows the words of %s", async (profile, status, body) => {
  world.now = EXPIRED;
  world.reply = () => json(status, body);
  const { issuer, ...rest } = environment();
  const instance = await reference.create({ ...rest, issuer: { ...issuer, profile } });
  const answer = await instance.fetch(new Request("https://app.test/", { headers: { cookie } }));
  expect(reference.classify({ status: answer.status, headers: answer.headers, body: "" })).toBe("signed-out");
});

describe("signing in and out", () => {
  async function begin() {
    const { headers, status } = await ask("/login?login_hint=ada%40example.test");
    const location = new URL(headers.get("location") ?? "");
    return { status, location, state: location.searchParams.get("state"), cookie: applied(headers.getSetCookie()) };
  }

  test("/login goes to the issuer with the hint", async () => {
    const { status, location } = await begin();
    expect(status).toBe(302);
    expect(location.pathname).toBe("/user_management/authorize");
    expect(location.searchParams.get("login_hint")).toBe("ada@example.test");
    expect(location.searchParams.get("redirect_uri")).toBe("https://app.test/callback");
  });

  test("/callback ends at the home page, signed in", async () => {
    const accessToken = await signer.sign();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_1" });
    const { state, cookie } = await begin();
    const answer = await ask(`/callback?code=code_1&state=${state}`, { cookie });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/"]);
    expect(reference.classify(answer)).toBe("other");
    expect(reference.classify(await ask("/", { cookie: applied(answer.headers.getSetCookie()) }))).toBe("signed-in");
  });

  test.each([
    [
      500,
      "issuer_misconfigured",
      () => json(401, { error: "invalid_client", error_description: `bad ${SECRET}` }),
      "invalid_client: bad [redacted]",
    ],
    [502, "issuer_rejected", () => json(400, { error: "invalid_grant" }), "invalid_grant"],
    [503, "unavailable", () => json(500, {}), "the issuer answered 500"],
  ])("/callback answers %d %s and says what the issuer said", async (status, code, reply, message) => {
    world.reply = reply;
    const { state, cookie } = await begin();
    const answer = await ask(`/callback?code=code_1&state=${state}`, { cookie });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ error: { code, message } });
  });

  test("/callback without a state of this browser is a 400", async () => {
    const answer = await ask("/callback?code=code_1");
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([400, "sign_in_refused"]);
  });

  test("POST /logout of an own page clears the cookie and goes to the issuer", async () => {
    const answer = await ask("/logout", { cookie, origin: "https://app.test" }, "POST");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toContain("/user_management/sessions/logout?session_id=session_1");
    expect(answer.headers.get("set-cookie")).toMatch(/Max-Age=0/);
  });

  test.each(["/", "/login"])("%s is not offered as POST", async (path) => {
    const answer = await ask(path, { cookie }, "POST");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });
});

describe("the target", () => {
  test("offers the strategies of the session, and those with a store promise what only a store makes possible", () => {
    expect(reference.name).toBe("reference");
    expect(reference.strategies).toEqual(["ledger", "server-session", "single-flight", "naive"]);
    const { ledger, "server-session": server, "single-flight": flight, naive } = reference.promises;
    expect(new Set(ledger)).toEqual(new Set(server));
    expect(naive).toEqual(flight);
    const coordinated = ["no-token-reuse", "one-refresh-per-generation", "successor-durable", "logout-final", "theft-detected"];
    expect(ledger?.filter((id) => !naive?.includes(id))).toEqual(coordinated);
  });

  test.each([
    ["single-flight", 1],
    ["naive", 3],
  ])("%s redeems %d times for three loads at expiry", async (strategy, redemptions) => {
    world.now = EXPIRED;
    const accessToken = await signer.sign({ exp: EXPIRED / 1000 + 300 });
    // The issuer answers when all three loads have verified their token, so that none comes after the flight.
    const allIn = Promise.withResolvers<void>();
    const verify = crypto.subtle.verify.bind(crypto.subtle);
    let verified = 0;
    const spy = vi.spyOn(crypto.subtle, "verify").mockImplementation(async (...args) => {
      const result = await verify(...args);
      if (++verified === 3) setImmediate(allIn.resolve);
      return result;
    });
    world.reply = async () => {
      await allIn.promise;
      return json(200, { access_token: accessToken, refresh_token: "rt_2" });
    };
    const instance = await reference.create(environment(strategy));
    await Promise.all([1, 2, 3].map(() => instance.fetch(new Request("https://app.test/", { headers: { cookie } }))));
    spy.mockRestore();
    expect(world.calls).toHaveLength(redemptions);
  });

  test("refuses a strategy it does not have, naming those it has", () => {
    const known = "ledger, server-session, single-flight, naive";
    expect(() => reference.create(environment("magic"))).toThrow(`expected a strategy of reference (${known}), got "magic"`);
  });

  test.each([
    [401, "{}"],
    [401, "<html>"],
    [404, ""],
    [500, ""],
    [302, ""],
  ])("classifies %d %j as other", (status, body) => {
    expect(reference.classify({ status, body, headers: new Headers({ location: "/elsewhere" }) })).toBe("other");
  });
});
