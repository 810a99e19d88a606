import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { CALLBACK, CLIENT_ID, ORIGIN } from "../issuer.testing.ts";
import { type Fields, oauthError, oidcBench, request, SPA, search, WEB } from "./oidc.testing.ts";

const cookies = (headers: Headers) => ({
  cookie: headers
    .getSetCookie()
    .map((one) => one.split(";", 1)[0])
    .join("; "),
});

describe("GET /oauth2/authorize", () => {
  test("sends the browser back with a code, the state and the issuer", async () => {
    const world = oidcBench();
    const reply = await world.start({ redirect_uri: CALLBACK });
    expect(reply.status).toBe(302);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(`${reply.location?.origin}${reply.location?.pathname}`).toBe(CALLBACK);
    expect(reply.parameters).toEqual({ code: expect.any(String), state: "state_1", iss: ORIGIN });
    expect(world.names.get(reply.parameters.code ?? "")).toBe("code C1");
  });

  test("takes a form as well", async () => {
    const reply = await oidcBench().form("/oauth2/authorize", request());
    expect([reply.status, reply.parameters.state]).toEqual([302, "state_1"]);
  });

  test("keeps the query of the redirect URI", async () => {
    const uri = `${CALLBACK}?from=app`;
    const world = oidcBench({ clients: [{ ...WEB, redirectUris: [uri] }] });
    expect((await world.start({ redirect_uri: uri })).parameters).toMatchObject({ from: "app", code: expect.any(String) });
  });

  test("posts the answer where form_post is asked for, with no script but the one that submits", async () => {
    const reply = await oidcBench().start({ response_mode: "form_post", state: '"><script>alert(1)</script>' });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain(`<form method="post" action="${CALLBACK}">`);
    expect(reply.text).toContain('name="state" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(reply.text.match(/<script>/g)).toHaveLength(1);
    expect(reply.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("needs no PKCE of a client with a secret", async () => {
    expect((await oidcBench().start({ code_challenge: null, code_challenge_method: null })).parameters.code).toBeDefined();
  });

  test("knows the client of the WorkOS surface too", async () => {
    expect((await oidcBench().start({ client_id: CLIENT_ID, redirect_uri: "https://elsewhere.test/cb" })).parameters.code).toBeDefined();
  });

  test.each<[string, string, number, string]>([
    ["no client", "redirect_uri=https%3A%2F%2Fapp.test%2Fcallback", 400, "invalid_request"],
    ["an unknown client", search(request({ client_id: "nobody" })).toString(), 400, "invalid_client"],
    ["no redirect URI", search(request({ redirect_uri: null })).toString(), 400, "invalid_request"],
    ["a redirect URI that is not registered", search(request({ redirect_uri: `${CALLBACK}/` })).toString(), 400, "invalid_request"],
    ["a redirect URI in other letters", search(request({ redirect_uri: "https://APP.test/callback" })).toString(), 400, "invalid_request"],
    ["a redirect URI with a fragment", search(request({ redirect_uri: `${CALLBACK}#x` })).toString(), 400, "invalid_request"],
    ["a redirect URI that is a script", search(request({ redirect_uri: "javascript:alert(1)" })).toString(), 400, "invalid_request"],
    ["two clients", `${search(request())}&client_id=spa`, 400, "invalid_request"],
    ["two redirect URIs", `${search(request())}&redirect_uri=${CALLBACK}`, 400, "invalid_request"],
    ["bytes that are no UTF-8", `${search(request())}&x=%FF`, 400, "invalid_request"],
  ])("never redirects for %s", async (_, query, status, error) => {
    const world = oidcBench();
    const reply = await world.ask(`/oauth2/authorize?${query}`);
    expect(oauthError(reply).slice(0, 2)).toEqual([status, error]);
    expect(reply.headers.has("location")).toBe(false);
    expect(world.names.size).toBe(0);
  });

  test("shows that to a browser as a page", async () => {
    const reply = await oidcBench().start({ client_id: "nobody" }, { headers: { accept: "text/html,*/*" } });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
    expect(reply.text).toContain("Unknown `client_id`.");
  });

  test.each<[string, Fields, string]>([
    ["no response type", { response_type: null }, "invalid_request"],
    ["another response type", { response_type: "token" }, "unsupported_response_type"],
    ["a response mode that is not offered", { response_mode: "fragment" }, "invalid_request"],
    ["no scope", { scope: null }, "invalid_scope"],
    ["only unknown scopes", { scope: "read write" }, "invalid_scope"],
    ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
    ["a challenge without a method", { code_challenge_method: null }, "invalid_request"],
    ["a challenge of the wrong length", { code_challenge: "short" }, "invalid_request"],
    ["a public client without PKCE", { client_id: SPA.id, code_challenge: null, code_challenge_method: null }, "invalid_request"],
    ["a prompt that contradicts itself", { prompt: "none login" }, "invalid_request"],
    ["a max_age that is no number", { max_age: "soon" }, "invalid_request"],
    ["a request object", { request: "x" }, "request_not_supported"],
    ["a request object by reference", { request_uri: "https://app.test/r" }, "request_uri_not_supported"],
    ["a registration", { registration: "{}" }, "registration_not_supported"],
    ["an id_token_hint that is none", { id_token_hint: "x.y.z" }, "invalid_request"],
    ["prompt none where nobody is signed in", { prompt: "none" }, "login_required"],
  ])("tells the app of %s", async (_, query, error) => {
    const world = oidcBench();
    const reply = await world.start(query);
    expect([reply.status, reply.location?.pathname]).toEqual([302, "/callback"]);
    expect(reply.parameters).toEqual({ error, error_description: expect.any(String), state: "state_1", iss: ORIGIN });
    expect(world.names.size).toBe(0);
  });

  test("tells the app of a repeated parameter", async () => {
    const reply = await oidcBench().ask(`/oauth2/authorize?${search(request())}&scope=openid`);
    expect(reply.parameters.error).toBe("invalid_request");
  });

  test("takes a parameter without a value as left out", async () => {
    expect((await oidcBench().start({ prompt: "", max_age: "", request: "" })).parameters.code).toBeDefined();
  });

  test("without pages tells the app whenever one would be needed", async () => {
    const world = oidcBench({ interactive: false });
    expect((await world.start()).parameters.code).toBeDefined();
    for (const [query, error] of [
      [{ login_hint: null }, "login_required"],
      [{ login_hint: "eve@example.test" }, "login_required"],
      [{ prompt: "select_account" }, "account_selection_required"],
      [{ prompt: "consent" }, "consent_required"],
    ] as const) {
      expect((await world.start(query)).parameters.error).toBe(error);
    }
    const asking = oidcBench({ interactive: false, clients: [{ ...WEB, asksConsent: true }] });
    expect((await asking.start()).parameters.error).toBe("consent_required");
  });
});

describe("somebody who is signed in at the issuer", () => {
  test("gets a code without being asked, in the same session with a family of its own", async () => {
    const world = oidcBench();
    const first = await world.start();
    const headers = cookies(first.headers);
    expect(first.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^holdfast_issuer=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);

    world.advance(60_000);
    const second = await world.start({ prompt: "none", login_hint: null }, { headers });
    const [one, two] = [await world.exchange(first.parameters.code ?? ""), await world.exchange(second.parameters.code ?? "")];

    expect(second.headers.getSetCookie()).toEqual([]);
    const [a, b] = [decodeJwt(one.body.id_token), decodeJwt(two.body.id_token)];
    expect([b.sid, b.auth_time]).toEqual([a.sid, a.auth_time]);
    expect(world.summary()).toBe("F1: g0 live | F2: g0 live");
  });

  test.each<[string, Fields]>([
    ["the request hints at somebody else", { login_hint: "ben@example.test" }],
    ["the sign-in is older than max_age", { login_hint: null, max_age: "59" }],
  ])("is not taken where %s", async (_, query) => {
    const world = oidcBench();
    const headers = cookies((await world.start()).headers);
    world.advance(60_000);
    expect((await world.start({ prompt: "none", ...query }, { headers })).parameters.error).toBe("login_required");
  });

  test("is taken up to the very second of max_age", async () => {
    const world = oidcBench();
    const headers = cookies((await world.start()).headers);
    world.advance(60_000);
    expect((await world.start({ prompt: "none", max_age: "60" }, { headers })).parameters.code).toBeDefined();
  });

  test("is not taken where the id_token_hint names somebody else", async () => {
    const world = oidcBench();
    const headers = cookies((await world.start()).headers);
    const other = (await world.tokens({ login_hint: "ben@example.test" })).id_token;
    const reply = await world.start({ prompt: "none", login_hint: null, id_token_hint: other }, { headers });
    expect(reply.parameters.error).toBe("login_required");
  });

  test("signs in anew where prompt login asks for it", async () => {
    const world = oidcBench();
    const first = await world.start();
    world.advance(60_000);
    const second = await world.start({ prompt: "login" }, { headers: cookies(first.headers) });
    const [one, two] = [await world.exchange(first.parameters.code ?? ""), await world.exchange(second.parameters.code ?? "")];
    const [a, b] = [decodeJwt(one.body.id_token), decodeJwt(two.body.id_token)];
    expect(Number(b.auth_time) - Number(a.auth_time)).toBe(60);
    expect(b.sid).not.toBe(a.sid);
  });

  test("stays so when a family of theirs ends, and not when their sessions are ended", async () => {
    const world = oidcBench();
    const first = await world.start();
    const headers = cookies(first.headers);
    const { refresh_token } = (await world.exchange(first.parameters.code ?? "")).body;
    await world.asWeb("/oauth2/revoke", { token: refresh_token });
    expect((await world.start({ prompt: "none" }, { headers })).parameters.code).toBeDefined();

    world.issuer.control.revoke({ user: "user_ada" }, "admin");
    expect((await world.start({ prompt: "none" }, { headers })).parameters.error).toBe("login_required");
  });

  test("gets nothing for a code that was not exchanged before their session ended", async () => {
    const world = oidcBench();
    const { parameters } = await world.start();
    world.issuer.control.revoke({ user: "user_ada" }, "admin");
    expect(oauthError(await world.exchange(parameters.code ?? "")).slice(0, 2)).toEqual([400, "invalid_grant"]);
    expect(world.summary()).toBe("");
  });
});
