import { createHash } from "node:crypto";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { API_KEY, CALLBACK, CLIENT_ID, ORIGIN, START } from "../issuer.testing.ts";
import { profiles } from "../profiles.ts";
import { type Fields, oauthError, oidcBench, request, SPA, search, VERIFIER, WEB } from "./oidc.testing.ts";

const TOKEN = "/oauth2/token";
const basic = (id: string, secret: string) => {
  const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
  return { authorization: `Basic ${btoa(`${encode(id)}:${encode(secret)}`)}` };
};

describe("POST /oauth2/token with a code", () => {
  test("answers with tokens that say what OIDC wants them to say", async () => {
    const world = oidcBench();
    const { parameters } = await world.start({ scope: "openid profile email offline_access" });
    const reply = await world.exchange(parameters.code ?? "");

    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect([reply.headers.get("cache-control"), reply.headers.get("pragma")]).toEqual(["no-store", "no-cache"]);
    const { id_token, access_token, ...rest } = reply.body;
    expect(rest).toEqual({
      token_type: "Bearer",
      expires_in: 300,
      scope: "openid profile email offline_access",
      refresh_token: expect.any(String),
    });
    expect([world.names.get(rest.refresh_token), world.names.get(access_token)]).toEqual(["RT F1.g0", "AT F1.g0"]);

    const keys = createLocalJWKSet((await world.ask("/oauth2/jwks")).body as JSONWebKeySet);
    const at = { currentDate: new Date(START), issuer: ORIGIN, audience: WEB.id };
    const id = await jwtVerify(id_token, keys, { ...at, typ: "JWT" });
    expect(id.payload).toEqual({
      ...{ iss: ORIGIN, sub: "user_ada", aud: WEB.id, sid: "session_01000000000000000000000001", nonce: "nonce_1" },
      ...{ iat: 1_750_000_000, exp: 1_750_000_300, auth_time: 1_750_000_000 },
      at_hash: createHash("sha256").update(access_token).digest().subarray(0, 16).toString("base64url"),
      ...{ name: "Ada Lovelace", given_name: "Ada", family_name: "Lovelace", updated_at: 1_704_067_200 },
      ...{ email: "ada@example.test", email_verified: true },
    });
    const access = await jwtVerify(access_token, keys, { ...at, typ: "at+jwt" });
    expect(access.payload).toMatchObject({ client_id: WEB.id, scope: rest.scope, sub: "user_ada", sid: id.payload.sid });
  });

  test.each<[string, string, readonly string[]]>([
    ["openid alone", "openid", ["access_token", "expires_in", "id_token", "scope", "token_type"]],
    ["no openid", "email offline_access", ["access_token", "expires_in", "refresh_token", "scope", "token_type"]],
  ])("with %s gives what the scope is for", async (_, scope, fields) => {
    const body = await oidcBench().tokens({ scope });
    expect(Object.keys(body).sort()).toEqual(fields);
  });

  test("leaves out the nonce that nobody sent, and the scope that nobody knows", async () => {
    const body = await oidcBench().tokens({ nonce: null, scope: "openid read" });
    expect(decodeJwt(body.id_token)).not.toHaveProperty("nonce");
    expect(body.scope).toBe("openid");
  });

  test.each<[string, Fields, string]>([
    ["no code", { code: null }, "invalid_request"],
    ["no redirect URI", { redirect_uri: null }, "invalid_request"],
    ["no grant type", { grant_type: null }, "invalid_request"],
    ["a grant type that is not offered", { grant_type: "password" }, "unsupported_grant_type"],
  ])("refuses %s and leaves the code alone", async (_, fields, error) => {
    const world = oidcBench();
    const { code = "" } = (await world.start()).parameters;
    expect(oauthError(await world.exchange(code, fields)).slice(0, 2)).toEqual([400, error]);
    expect((await world.exchange(code)).status).toBe(200);
  });

  test.each<[string, Fields]>([
    ["another redirect URI", { redirect_uri: `${CALLBACK}?x` }],
    ["a wrong verifier", { code_verifier: "w".repeat(43) }],
    ["no verifier", { code_verifier: null }],
    ["another client", { client_id: SPA.id, client_secret: null }],
  ])("refuses %s, and the code is spent by it", async (_, fields) => {
    const world = oidcBench();
    const { code = "" } = (await world.start()).parameters;
    expect(oauthError(await world.exchange(code, fields)).slice(0, 2)).toEqual([400, "invalid_grant"]);
    expect(oauthError(await world.exchange(code)).slice(0, 2)).toEqual([400, "invalid_grant"]);
    expect(world.events).toEqual([]);
  });

  test("ends what a code began when it comes a second time from its client", async () => {
    const world = oidcBench();
    const { code = "" } = (await world.start()).parameters;
    const { access_token } = (await world.exchange(code)).body;
    const again = await world.exchange(code);
    expect(oauthError(again)).toEqual([400, "invalid_grant", "The code is unknown, expired or already exchanged."]);
    expect(world.summary()).toBe("F1 ended (theft)");
    const info = await world.ask("/oauth2/userinfo", { headers: { authorization: `Bearer ${access_token}` } });
    expect(info.status).toBe(401);
  });

  test("ends nothing when somebody else presents the code, or after ten minutes", async () => {
    const world = oidcBench();
    const { code = "" } = (await world.start()).parameters;
    await world.exchange(code);
    await world.exchange(code, { client_id: SPA.id, client_secret: null });
    expect(world.summary()).toBe("F1: g0 live");
    expect(world.issuer.deadlines()).toEqual([START + 600_000]);
    world.advance(600_000);
    await world.exchange(code);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("refuses a code of the WorkOS surface", async () => {
    const world = oidcBench();
    const fields = { client_id: CLIENT_ID, client_secret: API_KEY, code_verifier: null };
    expect(oauthError(await world.exchange(await world.code(), fields)).slice(0, 2)).toEqual([400, "invalid_grant"]);
  });
});

describe("POST /oauth2/token with a refresh token", () => {
  const refresh = (token: string, fields: Fields = {}) => ({ grant_type: "refresh_token", refresh_token: token, ...fields });

  test("rotates, with an ID token of the same sign-in and no nonce", async () => {
    const world = oidcBench();
    const first = await world.tokens();
    world.advance(10_000);
    const reply = await world.asWeb(TOKEN, refresh(first.refresh_token));
    expect(reply.status).toBe(200);
    expect([reply.headers.get("cache-control"), reply.headers.get("pragma")]).toEqual(["no-store", "no-cache"]);
    expect(world.names.get(reply.body.refresh_token)).toBe("RT F1.g1");
    const { nonce, at_hash, iat, exp, ...same } = decodeJwt(first.id_token);
    expect(decodeJwt(reply.body.id_token)).toEqual({
      ...{ ...same, iat: (iat ?? 0) + 10, exp: (exp ?? 0) + 10 },
      at_hash: expect.not.stringMatching(String(at_hash)),
    });
    expect(nonce).toBe("nonce_1");
  });

  test("narrows the access token and not the grant", async () => {
    const world = oidcBench();
    const first = await world.tokens();
    const narrow = (await world.asWeb(TOKEN, refresh(first.refresh_token, { scope: "email" }))).body;
    expect([narrow.scope, decodeJwt(narrow.access_token).scope, "id_token" in narrow]).toEqual(["email", "email", false]);
    const wide = (await world.asWeb(TOKEN, refresh(narrow.refresh_token))).body;
    expect([wide.scope, "id_token" in wide]).toEqual(["openid email offline_access", true]);
  });

  test("refuses a scope beyond the grant and leaves the token alone", async () => {
    const world = oidcBench();
    const { refresh_token } = await world.tokens();
    const reply = await world.asWeb(TOKEN, refresh(refresh_token, { scope: "openid profile" }));
    expect(oauthError(reply).slice(0, 2)).toEqual([400, "invalid_scope"]);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("refuses another client's token as if it were unknown, whatever it asks for", async () => {
    const world = oidcBench();
    const { refresh_token } = await world.tokens();
    for (const scope of [null, "profile"]) {
      const reply = await world.form(TOKEN, refresh(refresh_token, { client_id: SPA.id, scope }));
      expect(oauthError(reply)).toEqual([400, "invalid_grant", "Invalid refresh token."]);
    }
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("refuses a token of the WorkOS surface", async () => {
    const world = oidcBench();
    const { refresh: token } = await world.signIn();
    const reply = await world.form(TOKEN, refresh(token, { client_id: CLIENT_ID, client_secret: API_KEY }));
    expect(oauthError(reply)).toEqual([400, "invalid_grant", "Invalid refresh token."]);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("answers a same-pair replay with the same three tokens, and says how long they still last", async () => {
    const world = oidcBench({ profile: profiles.workos });
    const { refresh_token } = await world.tokens();
    const first = (await world.asWeb(TOKEN, refresh(refresh_token))).body;
    world.advance(20_000);
    const replay = (await world.asWeb(TOKEN, refresh(refresh_token))).body;
    expect(replay).toEqual({ ...first, expires_in: 280 });
  });

  test.each([
    ["better-auth", "F1 ended (reuse)"],
    ["zitadel", "F1: g0 spent, g1 live"],
    ["logto", "F1 ended (reuse)"],
  ] as const)("judges late reuse by the profile %s", async (name, summary) => {
    const world = oidcBench({ profile: profiles[name] });
    const { refresh_token } = await world.tokens();
    await world.asWeb(TOKEN, refresh(refresh_token));
    world.advance(31_000);
    expect(oauthError(await world.asWeb(TOKEN, refresh(refresh_token))).slice(0, 2)).toEqual([400, "invalid_grant"]);
    expect(world.summary()).toBe(summary);
  });
});

describe("a client authenticates", () => {
  const asks = { grant_type: "refresh_token", refresh_token: "unknown" };

  test.each<[string, Fields, Record<string, string>]>([
    ["by Basic", {}, basic(WEB.id, WEB.secret ?? "")],
    ["by Basic, with its name in the form too", { client_id: WEB.id }, basic(WEB.id, WEB.secret ?? "")],
    ["by post", { client_id: WEB.id, client_secret: WEB.secret }, {}],
    ["by its name, when it is public", { client_id: SPA.id }, {}],
  ])("%s", async (_, fields, headers) => {
    expect(oauthError(await oidcBench().form(TOKEN, { ...asks, ...fields }, headers)).slice(0, 2)).toEqual([400, "invalid_grant"]);
  });

  test.each<[string, Fields, Record<string, string>, number, string]>([
    ["a wrong secret by Basic", {}, basic(WEB.id, "wrong"), 401, "invalid_client"],
    ["an unknown client by Basic", {}, basic("nobody", "x"), 401, "invalid_client"],
    ["a secret that is not form-encoded", {}, { authorization: `Basic ${btoa(`${WEB.id}:${WEB.secret}`)}` }, 401, "invalid_client"],
    ["Basic that is no base64", {}, { authorization: "Basic ???" }, 401, "invalid_client"],
    ["Basic without a colon", {}, { authorization: `Basic ${btoa("web_app")}` }, 401, "invalid_client"],
    ["another scheme", { client_id: WEB.id }, { authorization: "Bearer x" }, 401, "invalid_client"],
    ["a wrong secret by post", { client_id: WEB.id, client_secret: "wrong" }, {}, 401, "invalid_client"],
    ["no secret", { client_id: WEB.id }, {}, 401, "invalid_client"],
    ["a secret of a public client", { client_id: SPA.id, client_secret: "x" }, {}, 401, "invalid_client"],
    ["an unknown client", { client_id: "nobody" }, {}, 401, "invalid_client"],
    ["two ways at once", { client_secret: WEB.secret }, basic(WEB.id, WEB.secret ?? ""), 400, "invalid_request"],
    ["two clients at once", { client_id: SPA.id }, basic(WEB.id, WEB.secret ?? ""), 400, "invalid_request"],
    ["no client at all", {}, {}, 400, "invalid_request"],
  ])("but not with %s", async (_, fields, headers, status, error) => {
    for (const path of [TOKEN, "/oauth2/introspect", "/oauth2/revoke"]) {
      const reply = await oidcBench().form(path, { ...asks, token: "x", ...fields }, headers);
      expect(oauthError(reply).slice(0, 2)).toEqual([status, error]);
      expect(reply.headers.get("www-authenticate")).toBe(status === 401 ? 'Basic realm="holdfast", charset="UTF-8"' : null);
      expect(reply.headers.get("cache-control")).toBe("no-store");
    }
  });

  test("without a secret goes from the start to a refresh with PKCE alone", async () => {
    const world = oidcBench();
    const { code = "" } = (await world.start({ client_id: SPA.id })).parameters;
    const { refresh_token } = (await world.exchange(code, { client_id: SPA.id, client_secret: null })).body;
    expect((await world.form(TOKEN, { grant_type: "refresh_token", client_id: SPA.id, refresh_token })).status).toBe(200);
  });
});

describe("a malformed request is refused", () => {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const good = search({ grant_type: "refresh_token", refresh_token: "x", client_id: SPA.id }).toString();
  const post = (body: BodyInit, headers: Record<string, string> = type) => ({ method: "POST", body, headers });

  test.each<[string, RequestInit, number]>([
    ["as JSON", post("{}", { "content-type": "application/json" }), 400],
    ["as text", post(good, { "content-type": "text/plain" }), 400],
    ["without a content type", post(new TextEncoder().encode(good), {}), 400],
    ["with a repeated parameter", post(`${good}&client_id=${SPA.id}`), 400],
    ["with a repeated parameter that nobody knows", post(`${good}&x=1&x=2`), 400],
    ["with bytes that are no UTF-8", post(new Uint8Array([...new TextEncoder().encode(`${good}&x=`), 0xff])), 400],
    ["with percent-encoded bytes that are no UTF-8", post(`${good}&x=%C3%28`), 400],
    ["with a broken percent-encoding", post(`${good}&x=%G0`), 400],
    ["with nothing in it", post(""), 400],
    ["with more than 1 MiB", post(`${good}&x=${"x".repeat(1_048_576)}`), 413],
    ["with a length beyond 1 MiB", post(good, { ...type, "content-length": "1048577" }), 413],
  ])("%s", async (_, init, status) => {
    for (const path of [TOKEN, "/oauth2/introspect", "/oauth2/revoke", "/oauth2/authorize"]) {
      expect(oauthError(await oidcBench().ask(path, init)).slice(0, 2)).toEqual([status, "invalid_request"]);
    }
  });

  test("and one of exactly 1 MiB is not", async () => {
    const body = `${good}&x=`.padEnd(1_048_576, "x");
    expect(oauthError(await oidcBench().ask(TOKEN, post(body)))[1]).toBe("invalid_grant");
  });

  test("no further than to the limit when it streams without an end", async () => {
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(65_536).fill(120));
      },
    });
    const init = { method: "POST", body, headers: type, duplex: "half" } as RequestInit;
    expect((await oidcBench().ask(TOKEN, init)).status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  test("and never echoes what was presented", async () => {
    const secret = "s3cr3t-that-nobody-issued";
    const reply = await oidcBench().form(TOKEN, { ...request(), code_verifier: VERIFIER, code: secret, client_secret: secret });
    expect(reply.status).toBe(401);
    expect(reply.text).not.toContain(secret);
  });
});
