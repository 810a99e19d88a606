import { beforeEach, describe, expect, test } from "vitest";
import type { Authentication } from "./authenticate.ts";
import { createSessionCookie, type SessionData } from "./cookie.ts";
import { SessionError } from "./error.ts";
import { naive } from "./refresh/naive.ts";
import { singleFlight } from "./refresh/single-flight.ts";
import type { RefreshStrategyFactory } from "./refresh/strategy.ts";
import {
  CLIENT,
  claimsOf,
  createSigner,
  createTestSession,
  createWorld,
  ISSUER,
  json,
  OLD_PASSWORD,
  PASSWORD,
  pairOf,
  SECRET,
  START,
  type World,
} from "./session.testing.ts";
import type { Session, SessionOptions } from "./session.ts";

const signer = await createSigner();
const stranger = await createSigner("key-2");
const LATER = 1000; // Seconds by which a refreshed token outlives the first.

let world: World;
let session: Session;
beforeEach(() => {
  world = createWorld();
  session = createTestSession(world, signer.jwks);
});

const cookies = createSessionCookie({ passwords: [PASSWORD], maxAge: 60 });

async function cookieWith(data: Partial<SessionData> = {}): Promise<string> {
  const all = { accessToken: await signer.sign(), refreshToken: "rt_1", userId: "user_ada", sessionId: "session_1", ...data };
  return pairOf(await cookies.seal(all));
}

function request(cookie: string | null, headers: Record<string, string> = {}): Request {
  return new Request("https://app.test/", { headers: { ...headers, ...(cookie === null ? {} : { cookie }) } });
}

/** The session in the answer's cookie; null when it sets none, "cleared" when it removes it. */
async function stored(who: Authentication): Promise<SessionData | "cleared" | null> {
  const setCookie = who.kind === "stale" ? null : who.headers.get("set-cookie");
  if (setCookie === null) return null;
  if (setCookie.includes("Max-Age=0;")) return "cleared";
  const opened = await cookies.open(pairOf(setCookie));
  if (opened.kind !== "opened") throw new Error(`the answer's cookie is ${opened.kind}`);
  return opened.session;
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
    const old = createSessionCookie({ passwords: [OLD_PASSWORD], maxAge: 60 });
    const data = { accessToken: await signer.sign(), refreshToken: "rt_1", userId: "user_ada", sessionId: "session_1" };
    const rotated = createTestSession(world, signer.jwks, { cookiePasswords: [PASSWORD, OLD_PASSWORD] });
    expect((await rotated.authenticate(request(pairOf(await old.seal(data))))).kind).toBe("signed-in");
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
    expect(who).toMatchObject({ kind: "signed-in", principal: { userId: "user_ada" }, claims: { role: "admin" } });
    expect(await stored(who)).toEqual({ accessToken, refreshToken: "rt_2", userId: "user_ada", sessionId: "session_1" });
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
    const strategy: RefreshStrategyFactory = (redeem) => {
      const inner = singleFlight(redeem);
      return {
        refresh(data) {
          if (++asked === 3) allIn.resolve();
          return inner.refresh(data);
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
    expect(who).toMatchObject({ kind: "signed-in", claims: claimsOf() });
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
    const accessToken = await fresh({ permissions: "x".repeat(4000) });
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

  test("a cookie of another deployment's key: signed out, and not cleared", async () => {
    const foreign = createTestSession(world, signer.jwks, { cookiePasswords: [OLD_PASSWORD] });
    const who = await foreign.authenticate(request(await cookieWith()));
    expect(who).toMatchObject({ kind: "signed-out", reason: "cookie_unreadable" });
    expect(await stored(who)).toBeNull();
  });

  test.each([
    ["for another client", () => signer.sign({ client_id: "client_2" })],
    ["of another user than the cookie's", () => signer.sign({ sub: "user_bob" })],
    ["of another user and expired", () => signer.sign({ sub: "user_bob", exp: START / 1000 })],
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

describe("sign-in", () => {
  const callback = (search: string, cookie: string | null = null) =>
    new Request(`https://app.test/callback?${search}`, { headers: cookie === null ? {} : { cookie } });

  /** A sign-in that the issuer has sent back. */
  function begun() {
    const start = session.beginSignIn({ loginHint: "ada@example.test" });
    const state = new URL(start.location).searchParams.get("state") ?? "";
    return { start, state, cookie: pairOf(start.headers.get("set-cookie")) };
  }

  test("begins at the issuer's authorize URL, with a state that the browser keeps for ten minutes", () => {
    const { start, state } = begun();
    const url = new URL(start.location);
    expect(url.origin + url.pathname).toBe("https://api.workos.test/user_management/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT,
      redirect_uri: "https://app.test/callback",
      response_type: "code",
      state,
      login_hint: "ada@example.test",
    });
    expect(start.headers.get("set-cookie")).toBe(`holdfast-state-${state}=1; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`);
  });

  test("has no login_hint when there is none, and a new state each time", () => {
    const urls = [session.beginSignIn(), session.beginSignIn({ loginHint: null })].map(({ location }) => new URL(location).searchParams);
    expect(urls.map((search) => search.has("login_hint"))).toEqual([false, false]);
    expect(urls[0]?.get("state")).not.toBe(urls[1]?.get("state"));
  });

  test("ends signed in: the code is exchanged, the session stored, the state forgotten", async () => {
    const accessToken = await signer.sign();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_1" });
    const { state, cookie } = begun();
    const result = await session.signIn(callback(`code=code_1&state=${state}`, cookie));
    if (result.kind !== "signed-in") throw new Error(result.said);
    expect(result.principal).toEqual({ userId: "user_ada", sessionId: "session_1" });
    const [sealed, forgotten] = result.headers.getSetCookie();
    expect(sealed).toContain("Max-Age=2592000;");
    expect(forgotten).toBe(`holdfast-state-${state}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`);
    expect(world.calls).toMatchObject([{ grant_type: "authorization_code", code: "code_1" }]);
    expect((await session.authenticate(request(pairOf(sealed ?? null)))).kind).toBe("signed-in");
  });

  test("two tabs sign in side by side", async () => {
    const accessToken = await signer.sign();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_1" });
    const [one, two] = [begun(), begun()];
    for (const { state } of [two, one]) {
      expect((await session.signIn(callback(`code=code_1&state=${state}`, `${one.cookie}; ${two.cookie}`))).kind).toBe("signed-in");
    }
  });

  test.each([
    ["no state", () => callback("code=c", begun().cookie)],
    ["another browser's state", () => callback(`code=code_1&state=${begun().state}`)],
    ["a state that is not ours", () => callback("code=code_1&state=x", "holdfast-state-x=1")],
    [
      "no code",
      () => {
        const { state, cookie } = begun();
        return callback(`state=${state}`, cookie);
      },
    ],
  ])("is refused without asking the issuer when there is %s", async (_, make) => {
    expect((await session.signIn(make())).kind).toBe("refused");
    expect(world.calls).toEqual([]);
  });

  test("says what the issuer said in the URL, only to the browser that began", async () => {
    const { state, cookie } = begun();
    const search = `error=access_denied&error_description=no%0Away&state=${state}`;
    expect(await session.signIn(callback(search, cookie))).toEqual({ kind: "rejected", said: "access_denied: no way" });
    expect((await session.signIn(callback(search))).kind).toBe("refused");
  });

  test.each([
    [
      "invalid_client",
      () => json(401, { error: "invalid_client", error_description: `${SECRET} is wrong` }),
      { kind: "misconfigured", said: "invalid_client: [redacted] is wrong" },
    ],
    ["invalid_grant", () => json(400, { error: "invalid_grant" }), { kind: "rejected", said: "invalid_grant" }],
    ["429", () => json(429, {}, { "retry-after": "2" }), { kind: "unavailable", said: "the issuer answered 429", retryAfter: 2 }],
    ["503", () => json(503, {}), { kind: "unavailable", said: "the issuer answered 503", retryAfter: 5 }],
    [
      "no refresh token",
      () => json(200, { access_token: "at" }),
      { kind: "misconfigured", said: "the issuer returned no refresh_token: allow offline access" },
    ],
    [
      "a token that is none",
      () => json(200, { access_token: "at", refresh_token: "rt" }),
      { kind: "misconfigured", said: "the issuer's access token is not acceptable here, invalid: malformed" },
    ],
  ])("tells an issuer's %s", async (_, reply, expected) => {
    world.reply = reply;
    const { state, cookie } = begun();
    expect(await session.signIn(callback(`code=code_1&state=${state}`, cookie))).toEqual(expected);
  });

  test.each([
    ["expired", () => signer.sign({ exp: START / 1000 }), "expired: compare the clocks"],
    ["of an unknown key", () => stranger.sign(), "unverifiable: unknown_key"],
    ["of another issuer", () => signer.sign({ iss: "https://evil.example" }), "invalid: issuer"],
  ])("does not accept a token that is %s", async (_, token, why) => {
    const accessToken = await token();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt" });
    const { state, cookie } = begun();
    const said = `the issuer's access token is not acceptable here, ${why}`;
    expect(await session.signIn(callback(`code=code_1&state=${state}`, cookie))).toEqual({ kind: "misconfigured", said });
  });
});

describe("sign-out", () => {
  test("clears the cookie and ends the session at the issuer", async () => {
    const { location, headers } = await session.signOut(request(await cookieWith()));
    expect(location).toBe(
      "https://api.workos.test/user_management/sessions/logout?session_id=session_1&return_to=https%3A%2F%2Fapp.test%2F",
    );
    expect(headers.get("set-cookie")).toMatch(/^holdfast-session=; Max-Age=0;/);
  });

  test.each([
    ["no cookie", null],
    ["an unreadable one", "holdfast-session=x"],
  ])("with %s clears it and goes straight on", async (_, cookie) => {
    const { location, headers } = await session.signOut(request(cookie));
    expect(location).toBe("https://app.test/");
    expect(headers.get("set-cookie")).toMatch(/^holdfast-session=; Max-Age=0;/);
  });
});

describe("createSession", () => {
  const issuer = { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks: signer.jwks };
  test.each<[string, Partial<SessionOptions>]>([
    ["cookiePasswords[0]", { cookiePasswords: ["short"] }],
    ["issuer.clientId", { issuer: { ...issuer, clientId: " " } }],
    ["issuer.clientSecret", { issuer: { ...issuer, clientSecret: "" } }],
    ["issuer.issuers", { issuer: { ...issuer, issuers: [] } }],
    ["issuer.issuers", { issuer: { ...issuer, issuers: [ISSUER, ""] } }],
    ["cookieMaxAge", { cookieMaxAge: 0 }],
    ["cookieMaxAge", { cookieMaxAge: 1.5 }],
  ])("refuses bad options at once, naming %s", (name, options) => {
    const create = () => createTestSession(world, signer.jwks, options);
    expect(create).toThrow(SessionError);
    expect(create).toThrow(name);
  });

  test("takes another age for the cookie", async () => {
    world.now = EXPIRED;
    const accessToken = await fresh();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_2" });
    const who = await createTestSession(world, signer.jwks, { cookieMaxAge: 77 }).authenticate(request(await cookieWith()));
    expect(who.kind === "signed-in" && who.headers.get("set-cookie")).toContain("Max-Age=77;");
  });
});
