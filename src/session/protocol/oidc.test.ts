import { SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { createSigner, json, START } from "../session.testing.ts";
import type { TokenAnswer } from "../token-answer.ts";
import { type OidcOptions, oidcProtocol } from "./oidc.ts";
import type { Protocol } from "./protocol.ts";

const ISSUER = "https://login.test";
const REDIRECT = "https://app.test/callback";
const SECRETS = { state: "state_1", nonce: "nonce_1", verifier: "v".repeat(43) };
const signer = await createSigner();

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Record<string, string>;
}

let calls: Call[];
let metadata: Record<string, unknown>;
let now: number;
/** What the issuer answers by path. */
let replies: Record<string, () => Response | Promise<Response>>;
beforeEach(() => {
  calls = [];
  now = START;
  metadata = {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize?tenant=t1`,
    token_endpoint: `${ISSUER}/token`,
    revocation_endpoint: `${ISSUER}/revoke`,
    end_session_endpoint: `${ISSUER}/logout`,
    jwks_uri: `${ISSUER}/jwks`,
  };
  replies = { "/.well-known/openid-configuration": () => json(200, metadata) };
});

function protocol(options: Partial<OidcOptions> = {}): Protocol {
  return oidcProtocol({
    issuer: ISSUER,
    clientId: "client_1",
    clientSecret: "secret_1",
    clientAuthentication: "client_secret_basic",
    scope: "openid offline_access",
    redirectUri: REDIRECT,
    dialect: "standard",
    ports: {
      now: () => now,
      wait: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const url = new URL(request.url);
        const body = Object.fromEntries(new URLSearchParams(request.method === "POST" ? await request.text() : ""));
        calls.push({ url: request.url, method: request.method, headers: request.headers, body });
        const reply = replies[url.pathname];
        if (reply === undefined) throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
        return reply();
      },
    },
    ...options,
  });
}

function idToken(claims: Record<string, unknown> = {}): Promise<string> {
  const iat = START / 1000;
  const all = { iss: ISSUER, aud: "client_1", sub: "user_ada", iat, exp: iat + 300, nonce: "nonce_1", ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: "RS256" }).sign(signer.privateKey);
}

async function tokens(claims: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  return { token_type: "Bearer", access_token: "at_1", refresh_token: "rt_1", id_token: await idToken(claims), expires_in: 300 };
}

const back = (parameters: Record<string, string> = {}) => new URLSearchParams({ code: "code_1", state: "state_1", ...parameters });

describe("discovery", () => {
  test("that names no authorization endpoint leaves the usual one", async () => {
    const { authorization_endpoint: _, ...bare } = metadata;
    metadata = bare;
    const request = { state: "s", nonce: "n", codeChallenge: "c", loginHint: null, organizationId: null };
    expect(await protocol().authorizationUrl(request)).toMatch(/^https:\/\/login\.test\/authorize\?/);
  });

  test("over TLS allows nothing without it, on this machine neither", async () => {
    metadata = { ...metadata, issuer: "https://localhost", token_endpoint: "http://localhost/token" };
    replies["/token"] = () => json(200, { access_token: "at", token_type: "bearer" });
    expect((await protocol({ issuer: "https://localhost" }).redeem("rt_1", null, 10_000)).kind).toBe("unavailable");
    expect(calls.filter(({ url }) => url.startsWith("http:"))).toEqual([]);
  });

  test("happens once, for everything", async () => {
    replies["/token"] = () => json(200, { access_token: "at", token_type: "bearer" });
    const one = protocol();
    await Promise.all([one.redeem("rt_1", null, 10_000), one.redeem("rt_2", null, 10_000), one.logoutUrl("s", "https://app.test/")]);
    expect(calls.map(({ url }) => url).filter((url) => url.includes("well-known"))).toHaveLength(1);
  });

  test.each([
    ["cannot be reached", undefined, "discovery failed: the issuer cannot be reached"],
    ["is down", () => json(503, {}), "discovery failed: the connection to the issuer failed before its answer was complete"],
    ["speaks for another", () => json(200, { ...metadata, issuer: "https://evil.test" }), /^discovery failed: /],
  ])("that %s is no verdict, and is tried again by the next call", async (_, reply, said) => {
    const good = replies["/.well-known/openid-configuration"];
    if (reply === undefined) delete replies["/.well-known/openid-configuration"];
    else replies["/.well-known/openid-configuration"] = reply;
    const one = protocol();
    const fault = {
      kind: "unavailable",
      said: typeof said === "string" ? said : expect.stringMatching(said),
      retryAfter: null,
      issuer: "unreached",
    };
    const request = { state: "s", nonce: "n", codeChallenge: "c", loginHint: null, organizationId: null };
    expect(await one.redeem("rt_1", null, 10_000)).toEqual(fault);
    expect(await one.exchangeCode(back(), SECRETS)).toEqual(fault);
    expect(await one.authorizationUrl(request)).toEqual(fault);
    expect(await one.logoutUrl("s", "https://app.test/")).toBeNull();
    expect(await one.revoke({ sessionId: "s", refreshToken: "rt_1" })).toBe(false);
    if (good !== undefined) replies["/.well-known/openid-configuration"] = good;
    replies["/token"] = () => json(200, { access_token: "at", token_type: "bearer" });
    expect((await one.redeem("rt_1", null, 10_000)).kind).toBe("issued");
  });

  test.each([
    ["http://localhost:8080", true],
    ["http://127.0.0.1:8080", true],
    ["http://op.localhost:8080", true],
    ["http://[::1]:8080", true],
    ["http://login.test", false],
    ["http://localhost.evil.test", false],
  ])("goes without TLS only at home: %s %s", async (issuer, allowed) => {
    metadata = { ...metadata, issuer, token_endpoint: `${issuer}/token` };
    replies["/token"] = () => json(200, { access_token: "at", token_type: "bearer" });
    expect((await protocol({ issuer }).redeem("rt_1", null, 10_000)).kind).toBe(allowed ? "issued" : "unavailable");
  });
});

describe("the browser goes", () => {
  test("to the authorization endpoint, whose own query stays, with PKCE and nonce", async () => {
    const request = { state: "s", nonce: "n", codeChallenge: "c", loginHint: null, organizationId: null };
    const bare = {
      tenant: "t1",
      client_id: "client_1",
      redirect_uri: REDIRECT,
      response_type: "code",
      scope: "openid offline_access",
      state: "s",
      nonce: "n",
      code_challenge: "c",
      code_challenge_method: "S256",
    };
    const location = new URL(String(await protocol().authorizationUrl(request)));
    expect(location.origin + location.pathname).toBe(`${ISSUER}/authorize`);
    expect(Object.fromEntries(location.searchParams)).toEqual(bare);
    const hinted = new URL(String(await protocol().authorizationUrl({ ...request, loginHint: "a@b.c" })));
    expect(Object.fromEntries(hinted.searchParams)).toEqual({ ...bare, login_hint: "a@b.c" });
  });

  test("to the end-session endpoint, where there is one", async () => {
    expect(await protocol().logoutUrl("session_1", "https://app.test/")).toBe(
      `${ISSUER}/logout?client_id=client_1&post_logout_redirect_uri=https%3A%2F%2Fapp.test%2F`,
    );
    delete metadata.end_session_endpoint;
    expect(await protocol().logoutUrl("session_1", "https://app.test/")).toBeNull();
  });
});

describe("a code", () => {
  test("is exchanged as a form, with its verifier and the client's secret, and the id token is checked", async () => {
    const body = await tokens();
    replies["/token"] = () => json(200, body);
    expect(await protocol().exchangeCode(back(), SECRETS)).toEqual({
      kind: "issued",
      accessToken: "at_1",
      refreshToken: "rt_1",
      refreshTokenLifetime: null,
    });
    const call = calls.at(-1);
    expect(call?.body).toEqual({
      grant_type: "authorization_code",
      code: "code_1",
      code_verifier: SECRETS.verifier,
      redirect_uri: REDIRECT,
    });
    expect(call?.headers.get("content-type")).toContain("application/x-www-form-urlencoded");
    expect(call?.headers.get("authorization")).toBe(`Basic ${btoa("client%5F1:secret%5F1")}`);
  });

  test.each([
    ["client_secret_post", { client_id: "client_1", client_secret: "secret_1" }],
    ["none", { client_id: "client_1" }],
  ] as const)("by %s puts the client into the body", async (clientAuthentication, expected) => {
    const body = await tokens();
    replies["/token"] = () => json(200, body);
    await protocol({ clientAuthentication }).exchangeCode(back(), SECRETS);
    expect(calls.at(-1)?.body).toMatchObject(expected);
    expect(calls.at(-1)?.headers.has("authorization")).toBe(false);
  });

  test.each([
    ["another state", { state: "state_2" }],
    ["another issuer's answer", { iss: "https://evil.test" }],
  ])("with %s is rejected before it is sent anywhere", async (_, parameters) => {
    const answer = await protocol().exchangeCode(back(parameters), SECRETS);
    expect(answer).toEqual({ kind: "rejected", said: "the answer of the issuer is not one to this sign-in" });
    expect(calls.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test.each([
    ["another nonce", { nonce: "nonce_2" }],
    ["no nonce", { nonce: undefined }],
    ["another client", { aud: "client_2" }],
    ["another issuer", { iss: "https://evil.test" }],
    ["an end in the past", { exp: START / 1000 - 60 }],
  ])("whose id token has %s gives no session", async (_, claims) => {
    const body = await tokens(claims);
    replies["/token"] = () => json(200, body);
    expect(await protocol().exchangeCode(back(), SECRETS)).toMatchObject({
      kind: "misconfigured",
      said: expect.stringContaining("the issuer's id token is not acceptable: OAUTH_"),
    });
  });

  test("without an id token gives no session", async () => {
    replies["/token"] = () => json(200, { access_token: "at_1", refresh_token: "rt_1", token_type: "bearer" });
    expect((await protocol().exchangeCode(back(), SECRETS)).kind).toBe("misconfigured");
  });

  test("is judged by our clock and not by the machine's", async () => {
    const body = await tokens();
    replies["/token"] = () => json(200, body);
    now = START + 301_000 + 30_000;
    expect((await protocol().exchangeCode(back(), SECRETS)).kind).toBe("misconfigured");
  });

  test.each<[string, () => Response, Partial<TokenAnswer>]>([
    ["invalid_grant", () => json(400, { error: "invalid_grant" }), { kind: "rejected" }],
    [
      "invalid_client, without the secrets it echoes",
      () =>
        json(401, { error: "invalid_client", error_description: `secret_1 ${SECRETS.verifier} code_1` }, { "www-authenticate": "Basic" }),
      { kind: "misconfigured", said: "invalid_client: [redacted] [redacted] [redacted]" },
    ],
    ["503", () => json(503, {}), { kind: "unavailable", issuer: "unknown" }],
  ])("answered with %s says so", async (_, reply, expected) => {
    replies["/token"] = reply;
    expect(await protocol().exchangeCode(back(), SECRETS)).toMatchObject(expected);
  });
});

describe("a refresh", () => {
  test("presents the token as a form", async () => {
    replies["/token"] = () => json(200, { access_token: "at_2", refresh_token: "rt_2", token_type: "Bearer" });
    expect(await protocol().redeem("rt_1", "org_ignored", 10_000)).toEqual({
      kind: "issued",
      accessToken: "at_2",
      refreshToken: "rt_2",
      refreshTokenLifetime: null,
    });
    expect(calls.at(-1)?.body).toEqual({ grant_type: "refresh_token", refresh_token: "rt_1" });
  });

  test("is classified by the issuer's dialect, and says nothing of the token", async () => {
    replies["/token"] = () => json(400, { error: "invalid_request", error_description: "rt_1 was used" });
    expect(await protocol().redeem("rt_1", null, 10_000)).toEqual({ kind: "misconfigured", said: "invalid_request: [redacted] was used" });
    expect((await protocol({ dialect: "zitadel" }).redeem("rt_1", null, 10_000)).kind).toBe("rejected");
    replies["/token"] = () => new Response("<html>", { status: 200 });
    expect(await protocol().redeem("rt_1", null, 10_000)).toMatchObject({ kind: "unavailable", issuer: "unknown" });
    delete replies["/token"];
    expect(await protocol().redeem("rt_1", null, 10_000)).toMatchObject({ kind: "unavailable", issuer: "unreached" });
  });

  test("follows no redirect", async () => {
    let redirect: string | undefined;
    const one = protocol({
      ports: {
        now: () => now,
        wait: () => new Promise(() => {}),
        fetch: async (input, init) => {
          if (init?.method === "POST") redirect = init.redirect;
          return String(input).includes("well-known") ? json(200, metadata) : json(200, { access_token: "at" });
        },
      },
    });
    await one.redeem("rt_1", null, 10_000);
    expect(redirect).toBe("manual");
  });
});

describe("a revocation", () => {
  const session = { sessionId: "session_1", refreshToken: "rt_1" };

  test.each([
    [200, true],
    [400, false],
    [503, false],
  ])("answered %d is done: %s", async (status, done) => {
    replies["/revoke"] = () => new Response(null, { status });
    expect(await protocol().revoke(session)).toBe(done);
    expect(calls.at(-1)).toMatchObject({ method: "POST", body: { token: "rt_1" } });
  });

  test("is done where there is nobody to tell, and not without a connection", async () => {
    expect(await protocol().revoke(session)).toBe(false);
    delete metadata.revocation_endpoint;
    expect(await protocol().revoke(session)).toBe(true);
  });
});
