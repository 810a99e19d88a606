import { beforeEach, describe, expect, test } from "vitest";
import type { Authentication } from "./authenticate.ts";
import { createSessionCookie, SESSION_COOKIE } from "./cookie.ts";
import { SessionError } from "./error.ts";
import { naive } from "./refresh/naive.ts";
import { singleFlight } from "./refresh/single-flight.ts";
import type { StrategyFactory } from "./refresh/strategy.ts";
import { createSeal } from "./seal.ts";
import {
  applied,
  CLIENT,
  claimsOf,
  createSigner,
  createTestSession,
  createWorld,
  ISSUER,
  json,
  OLD_PASSWORD,
  PASSWORD,
  SECRET,
  START,
  sessionOf,
  type World,
} from "./session.testing.ts";
import type { Session, SessionOptions } from "./session.ts";
import { referenceTo, type SessionData } from "./session-data.ts";

const signer = await createSigner();
const stranger = await createSigner("key-2");
const LATER = 1000; // Seconds by which a refreshed token outlives the first.

let world: World;
let session: Session;
beforeEach(() => {
  world = createWorld();
  session = createTestSession(world, signer.jwks);
});

const cookies = createSessionCookie({ seal: createSeal([PASSWORD]), now: () => START });

async function cookieWith(data: Partial<SessionData> = {}): Promise<string> {
  return applied(await cookies.seal(sessionOf({ accessToken: await signer.sign(), refreshToken: "rt_1", ...data })));
}

function request(cookie: string | null, headers: Record<string, string> = {}): Request {
  return new Request("https://app.test/", { headers: { ...headers, ...(cookie === null ? {} : { cookie }) } });
}

/** The session in the answer's cookie; null when it sets none, "cleared" when it removes it. */
async function stored(who: Authentication): Promise<SessionData | "cleared" | null> {
  const setCookies = who.kind === "stale" ? [] : who.headers.getSetCookie();
  if (setCookies.length === 0) return null;
  if (setCookies.every((setCookie) => setCookie.includes("Max-Age=0;"))) return "cleared";
  const opened = await cookies.open(applied(setCookies));
  if (opened.kind !== "opened") throw new Error(`the answer's cookie is ${opened.kind}`);
  return opened.session as SessionData;
}

async function fresh(claims: Record<string, unknown> = {}): Promise<string> {
  const iat = START / 1000 + 270;
  return signer.sign({ iat, exp: iat + LATER, ...claims });
}

const DUE = START + 270_000;
const EXPIRED = START + 300_000;

describe("a valid access token that is not due", () => {
  test("is served from its claims, with no call to the issuer and no cookie", async () => {
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "signed-in", principal: { userId: "user_ada", sessionId: "session_1" }, claims: claimsOf() });
    expect(await stored(who)).toBeNull();
    expect(world.calls).toEqual([]);
  });

  test("is served though an old key sealed the cookie", async () => {
    const old = createSessionCookie({ seal: createSeal([OLD_PASSWORD]), now: () => START });
    const data = sessionOf({ accessToken: await signer.sign() });
    const rotated = createTestSession(world, signer.jwks, { cookiePasswords: [PASSWORD, OLD_PASSWORD] });
    expect((await rotated.authenticate(request(applied(await old.seal(data))))).kind).toBe("signed-in");
  });
});

describe.each([
  ["due", DUE],
  ["expired", EXPIRED],
])("an access token that is %s", (_, now) => {
  beforeEach(() => {
    world.now = now;
  });

  test("is refreshed: served with the new claims, and the successor is stored", async () => {
    const accessToken = await fresh({ role: "admin" });
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "signed-in", principal: { userId: "user_ada" }, claims: { role: "admin" }, accessToken });
    expect(await stored(who)).toEqual(
      sessionOf({ generation: 1, expiresAt: world.now + 2_592_000_000, accessToken, refreshToken: "rt_2" }),
    );
    expect(who.kind === "signed-in" && who.headers.get("cache-control")).toBe("private, no-store");
    expect(world.calls).toMatchObject([{ grant_type: "refresh_token", refresh_token: "rt_1" }]);
  });

  test("keeps its refresh token when the issuer does not rotate", async () => {
    const accessToken = await fresh();
    world.reply = () => json(200, { access_token: accessToken });
    expect(await stored(await session.authenticate(request(await cookieWith())))).toMatchObject({ accessToken, refreshToken: "rt_1" });
  });

  test("concurrent requests: one redemption with single-flight, each answer with the successor", async () => {
    const accessToken = await fresh();
    const cookie = await cookieWith();
    // The issuer answers when all three have asked to refresh; any later and the test would meet the strategy's known gap.
    const allIn = Promise.withResolvers<void>();
    let asked = 0;
    const strategy: StrategyFactory = (parts) => {
      const inner = singleFlight(parts);
      return {
        ...inner,
        async admit(data) {
          const admission = await inner.admit(data);
          if (admission.kind !== "admitted") return admission;
          const refresh = () => {
            if (++asked === 3) allIn.resolve();
            return admission.refresh();
          };
          return { ...admission, refresh };
        },
      };
    };
    world.reply = async () => {
      await allIn.promise;
      return json(200, { access_token: accessToken, refresh_token: "rt_2" });
    };
    session = createTestSession(world, signer.jwks, { strategy });
    const all = await Promise.all([1, 2, 3].map(() => session.authenticate(request(cookie))));
    for (const who of all) expect(await stored(who)).toMatchObject({ refreshToken: "rt_2" });
    expect(world.calls).toHaveLength(1);
  });

  test("concurrent requests: one redemption each with naive", async () => {
    const accessToken = await fresh();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const cookie = await cookieWith();
    const careless = createTestSession(world, signer.jwks, { strategy: naive });
    await Promise.all([1, 2, 3].map(() => careless.authenticate(request(cookie))));
    expect(world.calls).toHaveLength(3);
  });

  test("never stores or serves another user's token", async () => {
    const accessToken = await fresh({ sub: "user_bob" });
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_bob" });
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject(now === DUE ? { kind: "signed-in", principal: { userId: "user_ada" } } : { kind: "unavailable" });
    expect(await stored(who)).toBeNull();
  });
});

describe("a due access token, still valid", () => {
  beforeEach(() => {
    world.now = DUE;
  });

  test.each([
    ["rejected", () => json(400, { error: "invalid_grant" })],
    ["misconfigured", () => json(401, { error: "invalid_client" })],
    ["unavailable", () => json(503, {})],
  ])("is served when the refresh is %s, and the cookie stays", async (_, reply) => {
    world.reply = reply;
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "signed-in", claims: claimsOf() });
    expect(await stored(who)).toBeNull();
  });

  test.each([
    ["rejected", () => json(400, { error: "invalid_grant" }), "signed-out"],
    ["unavailable", () => json(503, {}), "unavailable"],
  ])("is not served beyond its end when the refresh is slow and %s", async (_, reply, kind) => {
    world.reply = () => {
      world.now = EXPIRED;
      return reply();
    };
    expect((await session.authenticate(request(await cookieWith()))).kind).toBe(kind);
  });

  test("is served to the last millisecond", async () => {
    world.reply = () => {
      world.now = EXPIRED - 1;
      return json(503, {});
    };
    expect((await session.authenticate(request(await cookieWith()))).kind).toBe("signed-in");
  });

  test("is served when the successor's key is unknown, and the successor is stored all the same", async () => {
    const accessToken = await stranger.sign({ exp: START / 1000 + LATER });
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "signed-in", claims: claimsOf(), stale: true });
    expect(await stored(who)).toMatchObject({ accessToken, refreshToken: "rt_2" });
  });
});

describe("an expired access token", () => {
  beforeEach(() => {
    world.now = EXPIRED;
  });

  test("with a rejected refresh: signed out, and the cookie is cleared", async () => {
    world.reply = () => json(400, { error: "invalid_grant" });
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "signed-out", reason: "refresh_rejected" });
    expect(await stored(who)).toBe("cleared");
  });

  test.each([
    ["429 with Retry-After", () => json(429, {}, { "retry-after": "9" }), 9, "the issuer answered 429"],
    ["503 without", () => json(503, {}), 5, "the issuer answered 503"],
    ["HTML 502", () => new Response("<html>", { status: 502 }), 5, "the issuer answered 502"],
    ["a drifted secret", () => json(401, { error: "invalid_client", error_description: "no" }), 5, "invalid_client: no"],
    [
      "a dead connection",
      () => {
        throw new TypeError("fetch failed");
      },
      5,
      "the connection to the issuer failed before its answer was complete",
    ],
  ])("with %s: unavailable, never signed out, and the cookie stays", async (_, reply, retryAfter, said) => {
    world.reply = reply;
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "unavailable", retryAfter, said });
    expect(await stored(who)).toBeNull();
  });

  test.each([
    ["expired", () => signer.sign(), "the refreshed access token is expired"],
    ["of an unknown key", () => stranger.sign({ exp: START / 1000 + LATER }), "the refreshed access token is unverifiable: unknown_key"],
    ["for another client", () => fresh({ client_id: "client_2" }), "the refreshed access token is invalid: client"],
  ])("whose successor is %s: unavailable, but the successor is stored", async (_, token, said) => {
    const accessToken = await token();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const who = await session.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "unavailable", retryAfter: 5, said });
    expect(await stored(who)).toMatchObject({ refreshToken: "rt_2" });
  });

  test("whose successor does not fit into a cookie: one clear error", async () => {
    const accessToken = await fresh({ permissions: "x".repeat(12_000) });
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    await expect(session.authenticate(request(await cookieWith()))).rejects.toMatchObject({ code: "cookie_too_large" });
  });
});

describe.each([
  ["upgrade", { upgrade: "WebSocket" }],
  ["prefetch", { "sec-purpose": "Prefetch;prerender" }],
] as const)("a request that may not refresh (%s)", (because, headers) => {
  test("is served while the access token is valid, due or not", async () => {
    world.now = DUE;
    const who = await session.authenticate(request(await cookieWith(), headers));
    expect(who.kind).toBe("signed-in");
    expect(await stored(who)).toBeNull();
  });

  test("is stale when it has expired", async () => {
    world.now = EXPIRED;
    expect(await session.authenticate(request(await cookieWith(), headers))).toEqual({ kind: "stale", because });
  });

  test("is stale when its key is unknown and it is due", async () => {
    world.now = EXPIRED;
    const cookie = await cookieWith({ accessToken: await stranger.sign() });
    expect(await session.authenticate(request(cookie, headers))).toEqual({ kind: "stale", because });
  });

  test("is signed out without a cookie", async () => {
    expect((await session.authenticate(request(null, headers))).kind).toBe("signed-out");
  });
});

test("other upgrades and purposes refresh as any request", async () => {
  world.now = EXPIRED;
  const accessToken = await fresh();
  world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
  expect((await session.authenticate(request(await cookieWith(), { upgrade: "h2c", "sec-purpose": "navigate" }))).kind).toBe("signed-in");
});

describe("no session", () => {
  test("no cookie: signed out, nothing to clear", async () => {
    const who = await session.authenticate(request(null));
    expect(who).toMatchObject({ kind: "signed-out", reason: "no_cookie" });
    expect(await stored(who)).toBeNull();
  });

  test("a cookie of another deployment's key: no verdict, and not cleared", async () => {
    const foreign = createTestSession(world, signer.jwks, { cookiePasswords: [OLD_PASSWORD] });
    const who = await foreign.authenticate(request(await cookieWith()));
    const said = "the cookie was sealed with a key that this deployment does not have";
    expect(who).toMatchObject({ kind: "unavailable", said, retryAfter: 5 });
    expect(await stored(who)).toBeNull();
  });

  test("a damaged cookie: signed out, and not cleared", async () => {
    const who = await session.authenticate(request(`${SESSION_COOKIE}.key_ada_.0.0=1~garbage`));
    expect(who).toMatchObject({ kind: "signed-out", reason: "cookie_unreadable" });
    expect(await stored(who)).toBeNull();
  });

  test("a cookie without tokens, as another strategy sets it: signed out", async () => {
    const cookie = applied(await cookies.seal(referenceTo(sessionOf())));
    expect(await session.authenticate(request(cookie))).toMatchObject({ kind: "signed-out", reason: "session_unknown" });
  });

  test.each([
    ["for another client", () => signer.sign({ client_id: "client_2" })],
    ["of another user than the cookie's", () => signer.sign({ sub: "user_bob" })],
    ["of another user and expired", () => signer.sign({ sub: "user_bob", exp: START / 1000 })],
    ["without a session id", () => signer.sign({ sid: undefined })],
    ["that is no token", async () => "garbage"],
  ])("an access token %s: signed out, not refreshed and not cleared", async (_, token) => {
    const who = await session.authenticate(request(await cookieWith({ accessToken: await token() })));
    expect(who).toMatchObject({ kind: "signed-out", reason: "access_token_invalid" });
    expect(await stored(who)).toBeNull();
    expect(world.calls).toEqual([]);
  });
});

describe("a key that the static set does not know", () => {
  test("is no verdict: unavailable without a refresh while the token is not due", async () => {
    const who = await session.authenticate(request(await cookieWith({ accessToken: await stranger.sign() })));
    expect(who).toMatchObject({ kind: "unavailable", retryAfter: 5, said: "the access token cannot be verified: unknown_key" });
    expect(world.calls).toEqual([]);
  });

  test("is refreshed when due, as after a redeploy that dropped the old key", async () => {
    world.now = DUE;
    const accessToken = await fresh();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const who = await session.authenticate(request(await cookieWith({ accessToken: await stranger.sign() })));
    expect(who.kind).toBe("signed-in");
  });

  test("is never served, also when the refresh is rejected", async () => {
    world.now = DUE;
    world.reply = () => json(400, { error: "invalid_grant" });
    const who = await session.authenticate(request(await cookieWith({ accessToken: await stranger.sign() })));
    expect(who.kind).toBe("signed-out");
  });
});

describe("createSession", () => {
  const issuer = { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks: signer.jwks };
  test.each<[string, Partial<SessionOptions>]>([
    ["cookiePasswords", { cookiePasswords: [] }],
    ["cookiePasswords[0]", { cookiePasswords: ["short"] }],
    ["issuer.clientId", { issuer: { ...issuer, clientId: " " } }],
    ["issuer.clientSecret", { issuer: { ...issuer, clientSecret: "" } }],
    ["issuer.issuers", { issuer: { ...issuer, issuers: [] } }],
    ["issuer.issuers", { issuer: { ...issuer, issuers: [ISSUER, ""] } }],
    ["issuer.jwks", { issuer: { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET } }],
    ["cookieMaxAge", { cookieMaxAge: 0 }],
    ["cookieMaxAge", { cookieMaxAge: 1.5 }],
  ])("refuses bad options at once, naming %s", (name, options) => {
    const create = () => createTestSession(world, signer.jwks, options);
    expect(create).toThrow(SessionError);
    expect(create).toThrow(expect.objectContaining({ name: "SessionError", code: "bad_options", message: expect.stringContaining(name) }));
  });

  test.each([
    [77, {}],
    [1_800, { refresh_token_expires_in: 1_800 }],
    [1_800, { refresh_token_expires_in: "1800" }],
    // Keycloak, whose offline tokens have no end.
    [900, { refresh_expires_in: 900 }],
    [77, { refresh_expires_in: 0 }],
    [600, { refresh_token_expires_in: 600, refresh_expires_in: 900 }],
    [34_560_000, { refresh_token_expires_in: Number.MAX_SAFE_INTEGER }],
    [77, { refresh_token_expires_in: -1 }],
    [77, { refresh_token_expires_in: 1.5 }],
    [77, { refresh_token_expires_in: "soon" }],
  ])("a browser keeps the cookie for %d s when the answer says %j and the options 77 s", async (maxAge, said) => {
    world.now = EXPIRED;
    const accessToken = await fresh();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2", ...said });
    const who = await createTestSession(world, signer.jwks, { cookieMaxAge: 77 }).authenticate(request(await cookieWith()));
    expect(who.kind === "signed-in" && who.headers.get("set-cookie")).toContain(`Max-Age=${maxAge};`);
  });
});
