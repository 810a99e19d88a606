import { beforeEach, describe, expect, test } from "vitest";
import type { Authentication } from "./authenticate.ts";
import { createSessionCookie, SESSION_COOKIE } from "./cookie.ts";
import { readCookies } from "./cookie-header.ts";
import { serverSession } from "./refresh/server-session.ts";
import type { StrategyFactory } from "./refresh/strategy.ts";
import { createSeal } from "./seal.ts";
import {
  applied,
  CLIENT,
  createSigner,
  createTestSession,
  createWorld,
  ISSUER,
  json,
  PASSWORD,
  SECRET,
  START,
  sessionOf,
  type World,
} from "./session.testing.ts";
import { createSession, type Session, type SessionOptions } from "./session.ts";
import { referenceTo, type SessionData } from "./session-data.ts";
import { createMemoryStore } from "./store/memory.ts";
import type { Store } from "./store/store.ts";

const EXPIRED = START + 300_000;
const signer = await createSigner();
const cookies = createSessionCookie({ seal: createSeal([PASSWORD]), now: () => START });
const data = sessionOf({ accessToken: await signer.sign() });
const held = applied(await cookies.seal(data));
/** Issued at the first one's end. */
const second = await signer.sign({ iat: EXPIRED / 1000, exp: EXPIRED / 1000 + 300 });

let world: World;
let store: Store;
let session: Session;
beforeEach(() => {
  world = createWorld();
  store = createMemoryStore(world.ports);
  session = open();
});

/** An isolate with what `createSession` takes when it is told nothing about strategies. */
function open(options: Partial<SessionOptions> = {}): Session {
  const { strategy: _, ...rest } = { strategy: null, ...options };
  return createSession({
    ports: world.ports,
    issuer: { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks: signer.jwks },
    redirectUri: "https://app.test/callback",
    afterSignOut: "https://app.test/",
    store,
    cookiePasswords: [PASSWORD],
    ...rest,
  });
}

function load(cookie: string, headers: Record<string, string> = {}, by = session): Promise<Authentication> {
  return by.authenticate(new Request("https://app.test/", { headers: { cookie, ...headers } }));
}

function headersOf(who: Authentication): Headers {
  return who.kind === "stale" ? new Headers() : who.headers;
}

function jarAfter(who: Authentication, before: string): string {
  return applied(headersOf(who).getSetCookie(), before);
}

/** Which session and generation a browser has. */
async function heldIn(jar: string): Promise<SessionData | string> {
  const opened = await cookies.open(jar);
  return opened.kind === "opened" ? (opened.session as SessionData) : opened.kind;
}

/** A refresh by one isolate, whose answer the browser may have lost. */
async function rotated(): Promise<string> {
  world.now = EXPIRED;
  world.reply = () => json(200, { access_token: second, refresh_token: "rt_1" });
  const who = await load(held);
  expect(who).toMatchObject({ kind: "signed-in", stale: false });
  return jarAfter(who, held);
}

describe("by default a session has a ledger", () => {
  test("a request with an older cookie is answered with the newest session, on any isolate", async () => {
    const jar = await rotated();
    const late = await load(held, {}, open());
    expect(late).toMatchObject({ kind: "signed-in", stale: false, claims: { iat: EXPIRED / 1000 } });
    expect(await heldIn(jarAfter(late, held))).toEqual({
      ...data,
      generation: 1,
      expiresAt: world.now + 2_592_000_000,
      accessToken: second,
      refreshToken: "rt_1",
    });
    expect(await heldIn(jar)).toEqual(await heldIn(jarAfter(late, held)));
    expect(world.calls).toHaveLength(1);
  });

  test("an upgrade or a prefetch with an older cookie is served and sets none", async () => {
    await rotated();
    for (const headers of [{ upgrade: "websocket" }, { "sec-purpose": "prefetch" }]) {
      const who = await load(held, headers, open());
      expect(who.kind).toBe("signed-in");
      expect(headersOf(who).getSetCookie()).toEqual([]);
    }
  });

  test("an upgrade or a prefetch of a session that has ended sets no cookie either", async () => {
    await session.signOut(new Request("https://app.test/logout", { headers: { cookie: held } }));
    for (const headers of [{ upgrade: "websocket" }, { "sec-purpose": "prefetch" }]) {
      const who = await load(held, headers);
      expect(who).toMatchObject({ kind: "signed-out", reason: "session_ended" });
      expect(headersOf(who).getSetCookie()).toEqual([]);
    }
  });

  test("an answer that is signed in and changes nothing sets nothing and may be cached", async () => {
    const who = await load(held);
    expect([...headersOf(who)]).toEqual([]);
  });

  test("what the browser still holds of older generations is removed", async () => {
    const jar = `${held}; ${await rotated()}`;
    const who = await load(jar);
    expect(readCookies(jarAfter(who, jar)).map(({ name }) => name)).toEqual([`${SESSION_COOKIE}.key_ada_.1.0`]);
    // Also when the refresh did not come about.
    world.now = EXPIRED + 299_000;
    world.reply = () => json(429, {});
    const later = await load(jar);
    expect(later).toMatchObject({ kind: "signed-in", stale: true });
    expect(readCookies(jarAfter(later, jar))).toHaveLength(1);
    world.now = EXPIRED + 300_000;
    const unavailable = await load(jar);
    expect(unavailable.kind).toBe("unavailable");
    expect(readCookies(jarAfter(unavailable, jar))).toHaveLength(1);
  });

  test("an adopted session reaches the browser also when its own refresh does not come about", async () => {
    await rotated();
    world.now = EXPIRED + 290_000;
    world.reply = () => json(429, {});
    const who = await load(held);
    expect(who).toMatchObject({ kind: "signed-in", stale: true });
    expect(await heldIn(jarAfter(who, held))).toMatchObject({ generation: 1 });
  });

  test("a verdict removes what it judged and nothing else: a newer sign-in stays", async () => {
    world.now = EXPIRED;
    world.reply = () => json(400, { error: "invalid_grant" });
    const who = await load(held);
    expect(who).toMatchObject({ kind: "signed-out", reason: "refresh_rejected" });
    const newer = applied(await cookies.seal(sessionOf({ key: "new_key_1", startedAt: EXPIRED })));
    const newerGeneration = applied(await cookies.seal({ ...data, generation: 1 }));
    expect(jarAfter(who, `${held}; ${newer}; ${newerGeneration}`)).toBe(`${newer}; ${newerGeneration}`);
  });

  test("an ended session is signed out at once, though its access token still holds, and its cookie goes", async () => {
    world.reply = () => json(200, {});
    const logout = (headers: Record<string, string>) => new Request("https://app.test/logout", { method: "POST", headers });
    expect((await session.signOut(logout({ cookie: held }))).kind).toBe("signed-out");
    expect(await session.signOut(logout({}))).toMatchObject({ kind: "signed-out", location: "https://app.test/" });
    const who = await load(held, {}, open());
    expect(who).toMatchObject({ kind: "signed-out", reason: "session_ended" });
    expect(jarAfter(who, held)).toBe("");
  });

  test("one that ends while its refresh is on its way is signed out too", async () => {
    world.now = START + 280_000;
    world.reply = async ({ url }) => {
      if (!url.endsWith("/authenticate")) return json(200, {});
      await session.signOut(new Request("https://app.test/logout", { method: "POST", headers: { cookie: held } }));
      return json(200, { access_token: second, refresh_token: "rt_1" });
    };
    const who = await load(held, {}, open());
    expect(who).toMatchObject({ kind: "signed-out", reason: "session_ended" });
    expect(jarAfter(who, held)).toBe("");
  });

  test("without the store nobody knows whether the session was ended: not now", async () => {
    const blind = open({ store: { ...store, read: () => Promise.reject(new Error("down")) } });
    expect(await load(held, {}, blind)).toMatchObject({
      kind: "unavailable",
      retryAfter: 5,
      said: "the session store cannot be reached or read",
    });
  });

  test("maintenance does what was left undone", async () => {
    world.reply = () => json(503, {});
    await session.signOut(new Request("https://app.test/logout", { method: "POST", headers: { cookie: held } }));
    expect(await store.list("revocation:", 9)).toHaveLength(1);
    world.reply = () => json(200, {});
    await open().maintain();
    expect(await store.list("revocation:", 9)).toEqual([]);
    expect(world.calls.at(-1)).toEqual({ session_id: "session_1" });
  });

  test("the adoption window is a minute, or what it was told", async () => {
    for (const [options, window] of [
      [{}, 60_000],
      [{ adoptionWindow: 5_000 }, 5_000],
    ] as const) {
      store = createMemoryStore(world.ports);
      session = open(options);
      const jar = await rotated();
      await load(jar);
      world.now = EXPIRED + window - 1;
      expect((await load(held)).kind).toBe("signed-in");
      world.now = EXPIRED + window;
      world.reply = () => json(200, {});
      expect(await load(held)).toMatchObject({ kind: "signed-out", reason: "cookie_stolen" });
    }
  });
});

describe("an organization that was switched", () => {
  async function switched(): Promise<void> {
    world.now = START + 100_000;
    const iat = world.now / 1000;
    const token = await signer.sign({ org_id: "org_2", iat, exp: iat + 300 });
    world.reply = () => json(200, { access_token: token, refresh_token: "rt_1" });
    const request = new Request("https://app.test/session", { method: "POST", headers: { cookie: held } });
    expect(await session.authenticate(request, { organizationId: "org_2" })).toMatchObject({ principal: { organizationId: "org_2" } });
  }

  test("leaves the older cookie its own claims while they hold, and then it is stale", async () => {
    await switched();
    const who = await load(held);
    expect(who).toMatchObject({ kind: "signed-in", principal: { organizationId: null } });
    expect(headersOf(who).getSetCookie()).toEqual([]);
    world.now = START + 299_000;
    expect(await load(held)).toMatchObject({ kind: "signed-in", stale: true, principal: { organizationId: null } });
    world.now = EXPIRED;
    expect(await load(held)).toEqual({ kind: "stale", because: "organization" });
    expect(world.calls).toHaveLength(1);
  });

  test.each([null, "org_2"])(
    "is where a renewal brings the older cookie, whose browser never heard of it, also when it wishes for %s",
    async (wish) => {
      await switched();
      world.now = EXPIRED;
      const iat = world.now / 1000;
      const token = await signer.sign({ org_id: "org_2", iat, exp: iat + 300 });
      world.reply = () => json(200, { access_token: token, refresh_token: "rt_2" });
      const request = new Request("https://app.test/session", { method: "POST", headers: { cookie: held } });

      const who = await session.authenticate(request, { organizationId: wish });

      expect(who).toMatchObject({ kind: "signed-in", stale: false, principal: { organizationId: "org_2" } });
      expect(await load(applied(headersOf(who).getSetCookie(), held))).toMatchObject({ principal: { organizationId: "org_2" } });
      expect(world.calls.at(-1)).toMatchObject({ refresh_token: "rt_1" });
    },
  );
});

describe("an organization that was switched, where the tokens stay in the store", () => {
  test("makes the older cookie stale, which stands for nothing any more", async () => {
    const begun = Promise.withResolvers<unknown>();
    const strategy: StrategyFactory = (parts) => {
      const inner = serverSession(parts);
      begun.resolve(inner.begin(data));
      return inner;
    };
    const opaque = createTestSession(world, signer.jwks, { store, strategy });
    await begun.promise;
    const thin = applied(await cookies.seal(referenceTo(data)));
    const token = await signer.sign({ org_id: "org_2" });
    world.reply = () => json(200, { access_token: token, refresh_token: "rt_1" });
    await opaque.authenticate(new Request("https://app.test/", { headers: { cookie: thin } }), { organizationId: "org_2" });
    expect(await load(thin, {}, opaque)).toEqual({ kind: "stale", because: "organization" });
    expect(world.calls).toHaveLength(1);
    const renewed = await opaque.authenticate(new Request("https://app.test/", { headers: { cookie: thin } }), { organizationId: null });
    expect(renewed).toMatchObject({ kind: "signed-in", principal: { organizationId: "org_2" } });
  });
});

describe("how often a lost answer is asked for again", () => {
  const workos = { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks: signer.jwks };
  test.each<[string, SessionOptions["issuer"], number]>([
    ["WorkOS, whose grace is known", workos, 3],
    ["WorkOS without one", { ...workos, grace: null }, 2],
    ["one that has a grace", { ...workos, grace: { duration: 3_000 } }, 3],
  ])("%s", async (_, issuer, times) => {
    world.now = EXPIRED;
    world.reply = () => json(502, {});
    expect((await load(held, {}, open({ issuer }))).kind).toBe("unavailable");
    expect(world.calls).toHaveLength(times);
  });
});

describe("an OpenID provider", () => {
  const issuer = {
    protocol: "oidc",
    issuer: "https://login.test",
    issuers: ["https://login.test"],
    clientId: CLIENT,
    clientSecret: SECRET,
    jwks: signer.jwks,
  } as const;
  const metadata = {
    issuer: "https://login.test",
    authorization_endpoint: "https://login.test/authorize",
    token_endpoint: "https://login.test/token",
  };

  /** The claims of its tokens: no client, no session id. */
  const claims = { iss: "https://login.test", client_id: undefined, sid: undefined };

  function provider(tokens: () => Promise<unknown>, seen: string[] = []): SessionOptions["ports"] {
    return {
      ...world.ports,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (request.url.includes("well-known")) return json(200, metadata);
        seen.push(await request.text());
        return json(200, await tokens());
      },
    };
  }

  test("signs in with code, PKCE and nonce, and names the session itself where the issuer does not", async () => {
    const seen: string[] = [];
    let nonce = "";
    const ports = provider(async () => {
      const accessToken = await signer.sign({ ...claims, aud: CLIENT });
      const idToken = await signer.sign({ ...claims, aud: CLIENT, nonce });
      return { token_type: "Bearer", access_token: accessToken, refresh_token: "rt_0", id_token: idToken };
    }, seen);
    const oidc = open({ issuer, ports });
    const start = await oidc.beginSignIn();
    if ("kind" in start) throw new Error(start.said);
    const url = new URL(start.location);
    nonce = url.searchParams.get("nonce") ?? "";
    expect([url.searchParams.get("scope"), url.searchParams.get("code_challenge_method")]).toEqual(["openid offline_access", "S256"]);
    const cookie = applied(start.headers.getSetCookie());
    const back = `https://app.test/callback?code=code_1&state=${url.searchParams.get("state")}`;
    const result = await oidc.signIn(new Request(back, { headers: { cookie } }));
    if (result.kind !== "signed-in") throw new Error(result.said);
    expect(result.principal).toEqual({ userId: "user_ada", sessionId: expect.stringMatching(/^[\w-]{22}$/), organizationId: null });
    expect(await load(applied(result.headers.getSetCookie()), {}, oidc)).toMatchObject({ kind: "signed-in", principal: result.principal });
    expect(seen[0]).toContain("code_verifier=");
  });

  test("may name the API as the audience, and has no grace", async () => {
    world.now = EXPIRED;
    const token = await signer.sign({ ...claims, aud: "https://api.test" });
    const jar = applied(await cookies.seal(sessionOf({ accessToken: token })));
    const asked: string[] = [];
    const ports = provider(async () => ({ error: "odd" }), asked);
    expect((await load(jar, {}, open({ issuer, ports }))).kind).toBe("signed-out");
    expect((await load(jar, {}, open({ issuer: { ...issuer, audience: "https://api.test" }, ports }))).kind).toBe("unavailable");
    expect(asked).toHaveLength(2);
  });

  test("needs a secret unless the client is public", () => {
    expect(() => open({ issuer: { ...issuer, clientSecret: "" } })).toThrow("issuer.clientSecret");
    const publicClient = { ...issuer, clientSecret: "", clientAuthentication: "none" } as const;
    expect(() => open({ issuer: publicClient })).not.toThrow();
  });
});

test("keys may come from a key set instead of a document", async () => {
  const { jwks: _, ...bare } = { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks: signer.jwks };
  const { createStaticKeySet } = await import("../keys/static.ts");
  expect(
    (await load(held, {}, createTestSession(world, signer.jwks, { issuer: { ...bare, keys: createStaticKeySet(signer.jwks) } }))).kind,
  ).toBe("signed-in");
});
