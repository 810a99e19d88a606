import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { API_KEY, CLIENT_ID } from "../issuer.testing.ts";
import { profiles } from "../profiles.ts";
import { oauthError, oidcBench, SPA, WEB } from "./oidc.testing.ts";

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe("/oauth2/userinfo", () => {
  test.each(["GET", "POST"])("answers a %s with what the scopes tell", async (method) => {
    const world = oidcBench();
    const { access_token } = await world.tokens();
    const reply = await world.ask("/oauth2/userinfo", { method, ...bearer(access_token) });
    expect(reply.body).toEqual({ sub: "user_ada", email: "ada@example.test", email_verified: true });
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  test("says how to ask to whoever presents nothing, and no more", async () => {
    const reply = await oidcBench().ask("/oauth2/userinfo");
    expect([reply.status, reply.headers.get("www-authenticate"), reply.text]).toEqual([401, "Bearer", ""]);
  });

  test("refuses a token that is unknown, expired or revoked", async () => {
    const world = oidcBench();
    const [ended, expired] = [await world.tokens(), await world.tokens()];
    await world.asWeb("/oauth2/revoke", { token: ended.access_token });
    const refused = async (token: string) => {
      const reply = await world.ask("/oauth2/userinfo", bearer(token));
      expect(oauthError(reply).slice(0, 2)).toEqual([401, "invalid_token"]);
      expect(reply.headers.get("www-authenticate")).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/);
    };
    await refused("never-issued");
    await refused(ended.access_token);
    expect((await world.ask("/oauth2/userinfo", bearer(expired.access_token))).status).toBe(200);
    world.advance(300_000);
    await refused(expired.access_token);
  });

  test("refuses a token without openid, one of the WorkOS surface too", async () => {
    const world = oidcBench();
    for (const token of [(await world.tokens({ scope: "email" })).access_token, (await world.signIn()).access]) {
      const reply = await world.ask("/oauth2/userinfo", bearer(token));
      expect(oauthError(reply).slice(0, 2)).toEqual([403, "insufficient_scope"]);
      expect(reply.headers.get("www-authenticate")).toContain('scope="openid"');
    }
  });
});

describe("POST /oauth2/introspect", () => {
  const INTROSPECT = "/oauth2/introspect";

  test("tells of a good access token what it says itself", async () => {
    const world = oidcBench();
    const { access_token } = await world.tokens();
    const reply = await world.asWeb(INTROSPECT, { token: access_token, token_type_hint: "refresh_token" });
    expect(reply.body).toEqual({ active: true, token_type: "Bearer", ...decodeJwt(access_token) });
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  test("tells of a good refresh token whose it is", async () => {
    const world = oidcBench();
    const { refresh_token, id_token } = await world.tokens();
    const { sid } = decodeJwt(id_token);
    const expected = { active: true, client_id: WEB.id, sub: "user_ada", sid, scope: "openid email offline_access" };
    expect((await world.asWeb(INTROSPECT, { token: refresh_token })).body).toEqual(expected);
  });

  test("says of any other that it is not active, and nothing more", async () => {
    const world = oidcBench({ profile: profiles.zitadel });
    const [spent, expired] = [await world.tokens(), await world.tokens()];
    await world.asWeb("/oauth2/token", { grant_type: "refresh_token", refresh_token: spent.refresh_token });
    world.advance(300_000);
    for (const token of ["never-issued", spent.refresh_token, expired.access_token]) {
      expect((await world.asWeb(INTROSPECT, { token })).body).toEqual({ active: false });
    }
  });

  test("is for clients with a secret", async () => {
    const world = oidcBench();
    const { access_token } = await world.tokens();
    expect(oauthError(await world.form(INTROSPECT, { client_id: SPA.id, token: access_token })).slice(0, 2)).toEqual([
      401,
      "invalid_client",
    ]);
    const other = await world.form(INTROSPECT, { client_id: CLIENT_ID, client_secret: API_KEY, token: access_token });
    expect(other.body.active).toBe(true);
  });

  test("refuses a request without a token", async () => {
    expect(oauthError(await oidcBench().asWeb(INTROSPECT, {}))).toEqual([400, "invalid_request", "Missing `token`."]);
  });
});

describe("POST /oauth2/revoke", () => {
  const REVOKE = "/oauth2/revoke";

  test("of a refresh token ends its family, access tokens included, and a second time changes nothing", async () => {
    const world = oidcBench();
    const { refresh_token, access_token } = await world.tokens();
    await world.tokens();
    for (let time = 0; time < 2; time++) {
      const reply = await world.asWeb(REVOKE, { token: refresh_token, token_type_hint: "nonsense" });
      expect([reply.status, reply.text, reply.headers.get("cache-control")]).toEqual([200, "", "no-store"]);
    }
    expect(world.summary()).toBe("F1 ended (user) | F2: g0 live");
    expect((await world.ask("/oauth2/userinfo", bearer(access_token))).status).toBe(401);
    expect(world.events.filter(({ type }) => type === "session-ended")).toHaveLength(1);
  });

  test("of a spent refresh token ends its family too", async () => {
    const world = oidcBench();
    const { refresh_token } = await world.tokens();
    await world.asWeb("/oauth2/token", { grant_type: "refresh_token", refresh_token });
    await world.asWeb(REVOKE, { token: refresh_token });
    expect(world.summary()).toBe("F1 ended (user)");
  });

  test("of an access token ends that one alone", async () => {
    const world = oidcBench();
    const { refresh_token, access_token } = await world.tokens();
    expect((await world.asWeb(REVOKE, { token: access_token })).status).toBe(200);
    expect((await world.ask("/oauth2/userinfo", bearer(access_token))).status).toBe(401);
    const next = await world.asWeb("/oauth2/token", { grant_type: "refresh_token", refresh_token });
    expect((await world.ask("/oauth2/userinfo", bearer(next.body.access_token))).status).toBe(200);
  });

  test("of a token that nobody knows is done", async () => {
    expect((await oidcBench().asWeb(REVOKE, { token: "never-issued" })).status).toBe(200);
  });

  test.each(["refresh_token", "access_token"])("of another client's %s is refused", async (kind) => {
    const world = oidcBench();
    const body = await world.tokens();
    expect(oauthError(await world.form(REVOKE, { client_id: SPA.id, token: body[kind] })).slice(0, 2)).toEqual([400, "invalid_grant"]);
    expect(world.summary()).toBe("F1: g0 live");
    expect((await world.ask("/oauth2/userinfo", bearer(body.access_token))).status).toBe(200);
  });

  test("refuses a request without a token", async () => {
    expect(oauthError(await oidcBench().asWeb(REVOKE, {}))).toEqual([400, "invalid_request", "Missing `token`."]);
  });
});

describe("a page of another origin", () => {
  const origin = { origin: "https://spa.test" };

  test.each([
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/oauth2/jwks",
    "/oauth2/userinfo",
    "/oauth2/token",
  ])("may read %s, errors included", async (path) => {
    const method = path.endsWith("token") ? "POST" : "GET";
    const reply = await oidcBench().ask(path, { method, headers: origin });
    expect(reply.headers.get("access-control-allow-origin")).toBe("*");
    expect(reply.headers.has("access-control-allow-credentials")).toBe(false);
    const preflight = await oidcBench().ask(path, { method: "OPTIONS", headers: { ...origin, "access-control-request-method": method } });
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([204, "authorization, content-type"]);
  });

  test.each(["/oauth2/authorize", "/oauth2/introspect", "/oauth2/end-session"])("may not read %s", async (path) => {
    const reply = await oidcBench().ask(path, { method: path.endsWith("introspect") ? "POST" : "GET", headers: origin });
    expect(reply.headers.has("access-control-allow-origin")).toBe(false);
    expect((await oidcBench().ask(path, { method: "OPTIONS" })).status).toBe(405);
  });
});
