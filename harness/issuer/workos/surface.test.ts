import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { API_KEY, bench, CALLBACK, CLIENT_ID, ORIGIN, type Reply } from "../issuer.testing.ts";
import { CODE_LIFETIME } from "../state/codes.ts";
import { s256 } from "../state/secrets.ts";

const KEY_HEADER = { authorization: `Bearer ${API_KEY}` };
const VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789";
const PKCE = { code_challenge: s256(VERIFIER), code_challenge_method: "S256" };

function oauthError(reply: Reply): [number, string, string] {
  expect(Object.keys(reply.body)).toEqual(["error", "error_description"]);
  return [reply.status, reply.body.error, reply.body.error_description];
}

function apiError(reply: Reply): [number, string] {
  expect(Object.keys(reply.body)).toEqual(["code", "message"]);
  return [reply.status, reply.body.code];
}

function invalidField(reply: Reply): [number, string, string] {
  expect(Object.keys(reply.body)).toEqual(["code", "message", "errors"]);
  return [reply.status, reply.body.code, reply.body.errors[0].field];
}

describe("GET /user_management/authorize", () => {
  test("approves at once and sends the browser back with a code and the state", async () => {
    const world = bench();
    const reply = await world.authorize({ redirect_uri: `${CALLBACK}?from=app`, state: "s&1" });
    const location = new URL(reply.headers.get("location") ?? "");

    expect(reply.status).toBe(302);
    expect(location.origin + location.pathname).toBe(CALLBACK);
    expect([...location.searchParams.keys()]).toEqual(["from", "code", "state"]);
    expect(location.searchParams.get("state")).toBe("s&1");
    expect(world.names.get(location.searchParams.get("code") ?? "")).toBe("code C1");
  });

  test("leaves the state out when none was given", async () => {
    const location = new URL((await bench().authorize()).headers.get("location") ?? "");
    expect([...location.searchParams.keys()]).toEqual(["code"]);
  });

  test("takes an email in any case", async () => {
    expect((await bench().authorize({ login_hint: "ADA@Example.Test" })).status).toBe(302);
  });

  test.each<[string, Record<string, string | null>, string]>([
    ["no client", { client_id: null }, "invalid_client"],
    ["another client", { client_id: "client_other" }, "invalid_client"],
    ["no redirect_uri", { redirect_uri: null }, "invalid_request"],
    ["a relative redirect_uri", { redirect_uri: "/callback" }, "invalid_request"],
    ["a redirect_uri that is a script", { redirect_uri: "javascript:alert(1)" }, "invalid_request"],
    ["no response_type", { response_type: null }, "unsupported_response_type"],
    ["another response_type", { response_type: "token" }, "unsupported_response_type"],
    ["no login_hint", { login_hint: null }, "login_required"],
    ["an unknown login_hint", { login_hint: "eve@example.test" }, "login_required"],
    ["a plain challenge", { code_challenge: PKCE.code_challenge, code_challenge_method: "plain" }, "invalid_request"],
    ["a challenge without a method", { code_challenge: PKCE.code_challenge }, "invalid_request"],
    ["a method without a challenge", { code_challenge_method: "S256" }, "invalid_request"],
    ["a challenge of the wrong length", { ...PKCE, code_challenge: "short" }, "invalid_request"],
  ])("refuses %s with a 400 and no redirect", async (_, query, error) => {
    const world = bench();
    const reply = await world.authorize(query);
    expect(oauthError(reply).slice(0, 2)).toEqual([400, error]);
    expect(reply.headers.has("location")).toBe(false);
    expect(world.names.size).toBe(0);
  });
});

describe("POST /user_management/authenticate with a code", () => {
  const exchange = (code: string, more: Record<string, unknown> = {}) => ({ grant_type: "authorization_code", code, ...more });
  const INVALID = [400, "invalid_grant", "The code is unknown, expired or already exchanged."];
  const MISMATCH = [400, "invalid_grant", "The `code_verifier` does not match the challenge of the code."];

  test("answers with the user and a pair, and journals the session", async () => {
    const world = bench();
    const reply = await world.authenticate(exchange(await world.code()));

    expect(reply.status).toBe(200);
    expect(Object.keys(reply.body)).toEqual(["user", "access_token", "refresh_token", "authentication_method"]);
    expect(reply.body.authentication_method).toBe("Password");
    expect(reply.body.user).toMatchObject({ object: "user", id: "user_ada", email: "ada@example.test", first_name: "Ada" });
    expect(reply.body.refresh_token).toMatch(/^[A-Za-z0-9_-]{24,}$/);
    expect(world.names.get(reply.body.refresh_token)).toBe("RT F1.g0");
    expect(world.names.get(reply.body.access_token)).toBe("AT F1.g0");
    expect(world.events).toEqual([
      { type: "session-started", user: "user_ada", session: "session_01000000000000000000000001", family: "F1" },
    ]);
  });

  test("takes a code once", async () => {
    const world = bench();
    const code = await world.code();
    const replies = await Promise.all([world.authenticate(exchange(code)), world.authenticate(exchange(code))]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400]);
    expect(oauthError(await world.authenticate(exchange(code)))).toEqual(INVALID);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("takes a code until ten minutes have passed", async () => {
    const world = bench();
    const [early, late] = [await world.code(), await world.code()];
    world.advance(CODE_LIFETIME - 1);
    expect((await world.authenticate(exchange(early))).status).toBe(200);
    world.advance(1);
    expect(oauthError(await world.authenticate(exchange(late)))).toEqual(INVALID);
  });

  test("refuses a code that it never issued", async () => {
    expect(oauthError(await bench().authenticate(exchange("never-issued")))).toEqual(INVALID);
  });

  test("takes the verifier of the challenge", async () => {
    const world = bench();
    expect((await world.authenticate(exchange(await world.code(PKCE), { code_verifier: VERIFIER }))).status).toBe(200);
  });

  test.each([
    ["a wrong verifier", PKCE, { code_verifier: "wrong" }],
    ["no verifier", PKCE, {}],
    ["a verifier where there was no challenge", {}, { code_verifier: VERIFIER }],
  ])("refuses %s, and the code is spent by it", async (_, query, more) => {
    const world = bench();
    const code = await world.code(query);
    expect(oauthError(await world.authenticate(exchange(code, more)))).toEqual(MISMATCH);
    expect(oauthError(await world.authenticate(exchange(code, { code_verifier: VERIFIER })))).toEqual(INVALID);
    expect(world.events).toEqual([]);
  });
});

describe("POST /user_management/authenticate", () => {
  const PATH = "/user_management/authenticate";
  const refresh = { grant_type: "refresh_token", client_id: CLIENT_ID };

  test.each([
    ["a client_secret", { client_secret: API_KEY }, {}],
    ["a bearer API key", {}, KEY_HEADER],
    ["both", { client_secret: API_KEY }, KEY_HEADER],
    ["a bearer API key and an empty client_secret", { client_secret: "" }, KEY_HEADER],
  ])("knows the client by %s", async (_, body, headers) => {
    const world = bench();
    const { refresh: token } = await world.signIn();
    expect((await world.post(PATH, { ...refresh, refresh_token: token, ...body }, headers)).status).toBe(200);
  });

  test.each<[string, Record<string, unknown>, Record<string, string>, number]>([
    ["no secret at all", {}, {}, 400],
    ["a wrong client_secret", { client_secret: "sk_wrong" }, {}, 400],
    ["a wrong bearer API key", {}, { authorization: "Bearer sk_wrong" }, 401],
    ["a right client_secret but a wrong bearer API key", { client_secret: API_KEY }, { authorization: "Bearer sk_wrong" }, 401],
    ["a right bearer API key but a wrong client_secret", { client_secret: "sk_wrong" }, KEY_HEADER, 400],
    ["another client", { client_id: "client_other", client_secret: API_KEY }, {}, 400],
    ["no client", { client_id: null, client_secret: API_KEY }, {}, 400],
  ])("refuses %s and leaves the token alone", async (_, body, headers, status) => {
    const world = bench();
    const { refresh: token } = await world.signIn();
    const reply = await world.post(PATH, { ...refresh, refresh_token: token, ...body }, headers);
    expect(oauthError(reply).slice(0, 2)).toEqual([status, "invalid_client"]);
    expect(reply.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ["no grant_type", {}, "invalid_request", "Missing `grant_type`."],
    [
      "an unknown grant_type",
      { grant_type: "implicit" },
      "unsupported_grant_type",
      expect.stringMatching(/^Expected `grant_type` to be one of: authorization_code, refresh_token, password, /),
    ],
    ["the name of something else", { grant_type: "constructor" }, "unsupported_grant_type", expect.any(String)],
    ["no code", { grant_type: "authorization_code" }, "invalid_request", "Missing `code`."],
    ["no refresh_token", { grant_type: "refresh_token" }, "invalid_request", "Missing `refresh_token`."],
    ["an empty refresh_token", { grant_type: "refresh_token", refresh_token: "" }, "invalid_request", "Missing `refresh_token`."],
    ["a number", { grant_type: "refresh_token", refresh_token: 7 }, "invalid_request", "Expected `refresh_token` to be a string."],
  ])("refuses %s with a 400", async (_, body, error, description) => {
    expect(oauthError(await bench().authenticate(body))).toEqual([400, error, description]);
  });

  test.each(["not json", "", "null", "[]", '"text"', "7"])("refuses the body %j with a 400", async (body) => {
    const reply = await bench().send(PATH, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(oauthError(reply).slice(0, 2)).toEqual([400, "invalid_request"]);
  });

  test.each(["multipart/form-data", "text/plain", "application/jsonp"])("refuses the content type %s with a 415", async (type) => {
    const reply = await bench().send(PATH, { method: "POST", body: "{}", headers: { "content-type": type } });
    expect(oauthError(reply).slice(0, 2)).toEqual([415, "invalid_request"]);
  });

  test("takes a content type with parameters, in any case", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    const reply = await bench().send(PATH, { method: "POST", body: "{}", headers });
    expect(reply.status).toBe(400);
  });

  test("is never cached", async () => {
    const world = bench();
    const reply = await world.refresh((await world.signIn()).refresh);
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });
});

describe("GET /sso/jwks/{clientId}", () => {
  test("shows every key, and only its public half", async () => {
    const world = bench();
    const reply = await world.send(`/sso/jwks/${CLIENT_ID}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(world.issuer.jwks);
    expect(reply.body.keys.map((key: object) => Object.keys(key).sort())).toEqual(
      ["test-key-1", "test-key-2"].map(() => ["alg", "e", "kid", "kty", "n", "use"]),
    );
  });

  test("stands at the AuthKit domain's path too", async () => {
    const world = bench();
    expect((await world.send("/oauth2/jwks")).body).toEqual(world.issuer.jwks);
  });

  test("knows one client", async () => {
    expect(apiError(await bench().send("/sso/jwks/client_other"))).toEqual([404, "entity_not_found"]);
  });
});

describe("GET /user_management/users/{id}", () => {
  test("shows a user as WorkOS does", async () => {
    const reply = await bench().send("/user_management/users/user_ben", { headers: KEY_HEADER });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      object: "user",
      id: "user_ben",
      email: "ben@example.test",
      email_verified: true,
      name: "Ben Bitdiddle",
      first_name: "Ben",
      last_name: "Bitdiddle",
      profile_picture_url: null,
      last_sign_in_at: null,
      locale: null,
      created_at: "2024-01-01T00:00:00.000Z",
      updated_at: "2024-01-01T00:00:00.000Z",
      external_id: null,
      metadata: {},
    });
  });

  test.each<[string, Record<string, string>]>([
    ["no key", {}],
    ["a wrong key", { authorization: "Bearer sk_wrong" }],
    ["another scheme", { authorization: `Basic ${API_KEY}` }],
  ])("refuses %s", async (_, headers) => {
    const reply = await bench().send("/user_management/users/user_ben", { headers });
    expect(apiError(reply)).toEqual([401, "unauthorized"]);
    expect(reply.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("knows only seeded users", async () => {
    expect(apiError(await bench().send("/user_management/users/user_eve", { headers: KEY_HEADER }))).toEqual([404, "entity_not_found"]);
  });
});

const FIRST_SESSION = "session_01000000000000000000000001";

describe("GET /user_management/sessions/logout", () => {
  const logout = (query: Record<string, string>) => `/user_management/sessions/logout?${new URLSearchParams(query)}`;

  test("ends the session and sends the browser back", async () => {
    const world = bench();
    await world.signIn();
    const reply = await world.send(logout({ session_id: FIRST_SESSION, return_to: "https://app.test/bye" }));
    expect([reply.status, reply.headers.get("location")]).toEqual([302, "https://app.test/bye"]);
    expect(world.summary()).toBe("F1 ended (user)");
    expect(world.events.at(-1)).toMatchObject({ type: "session-ended", cause: "user", family: "F1" });
  });

  test("answers 200 where there is nowhere to return to, and a second time changes nothing", async () => {
    const world = bench();
    await world.signIn();
    expect((await world.send(logout({ session_id: FIRST_SESSION }))).status).toBe(200);
    expect((await world.send(logout({ session_id: FIRST_SESSION }))).status).toBe(200);
    expect(world.events.filter((event) => event.type === "session-ended")).toHaveLength(1);
  });

  test.each<[string, Record<string, string>, string]>([
    ["no session", {}, "session_id"],
    ["a return_to that is a script", { session_id: FIRST_SESSION, return_to: "javascript:alert(1)" }, "return_to"],
  ])("refuses %s and ends nothing", async (_, query, field) => {
    const world = bench();
    await world.signIn();
    expect(invalidField(await world.send(logout(query)))).toEqual([422, "invalid_request_parameters", field]);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("refuses an unknown session", async () => {
    expect(apiError(await bench().send(logout({ session_id: "session_02" })))).toEqual([404, "entity_not_found"]);
  });
});

describe("POST /user_management/sessions/revoke", () => {
  const PATH = "/user_management/sessions/revoke";

  test("ends one session as an administrator would, once", async () => {
    const world = bench();
    await world.signIn();
    await world.signIn();
    expect((await world.post(PATH, { session_id: FIRST_SESSION }, KEY_HEADER)).status).toBe(200);
    expect((await world.post(PATH, { session_id: FIRST_SESSION }, KEY_HEADER)).status).toBe(200);
    expect(world.summary()).toBe("F1 ended (admin) | F2: g0 live");
    expect(world.events.filter((event) => event.type === "session-ended")).toMatchObject([{ cause: "admin", family: "F1" }]);
  });

  test("refuses a caller without the key before it reads anything", async () => {
    expect(apiError(await bench().post(PATH, { session_id: FIRST_SESSION }))).toEqual([401, "unauthorized"]);
  });

  test("refuses an unknown session, and a missing one", async () => {
    const world = bench();
    expect(apiError(await world.post(PATH, { session_id: "session_02" }, KEY_HEADER))).toEqual([404, "entity_not_found"]);
    expect(invalidField(await world.post(PATH, {}, KEY_HEADER))).toEqual([422, "invalid_request_parameters", "session_id"]);
  });
});

describe("everywhere else", () => {
  test.each(["/", "/user_management", "/user_management/authorize/", "/sso/jwks/", "/user_management/users/a/b", "/oauth/token", "/%zz"])(
    "%s is not found",
    async (path) => {
      expect(apiError(await bench().send(path))).toEqual([404, "not_found"]);
    },
  );

  test.each([
    ["POST", "/user_management/authorize", "GET"],
    ["GET", "/user_management/authenticate", "POST, OPTIONS"],
    ["DELETE", `/sso/jwks/${CLIENT_ID}`, "GET"],
    ["PATCH", "/user_management/users/user_ada", "GET, PUT, DELETE"],
    ["POST", "/user_management/sessions/logout", "GET"],
    ["GET", "/user_management/sessions/revoke", "POST"],
  ])("%s %s is not allowed", async (method, path, allow) => {
    const reply = await bench().send(path, { method });
    expect(apiError(reply)).toEqual([405, "method_not_allowed"]);
    expect(reply.headers.get("allow")).toBe(allow);
  });

  test("a request to another origin is misdirected", async () => {
    const response = await bench().issuer.fetch(new Request(`https://elsewhere.test/sso/jwks/${CLIENT_ID}`));
    expect(response.status).toBe(421);
  });

  test("an error of the harness is not dressed up as an answer", async () => {
    const world = bench({
      journal: () => {
        throw new Error("the journal is full");
      },
    });
    await expect(world.signIn()).rejects.toThrow("the journal is full");
  });

  test("whatever is sent, the answer is JSON or a redirect, and no error echoes what was presented", async () => {
    const world = bench();
    const below = ["authorize", "authenticate", "sessions/logout", "sessions/revoke", "users/x", "users", "users/user_ada/sessions"];
    const more = ["magic_auth", "authorize/device", "organization_memberships", "organization_memberships/x", "cors_origins"];
    const paths = ["/organizations", "/organizations/x", ...[...below, ...more].map((path) => `/user_management/${path}`)];
    const secret = "s3cr3t-that-nobody-issued";
    const grants = ["password", "urn:workos:oauth:grant-type:magic-auth:code", "urn:ietf:params:oauth:grant-type:device_code"];
    const value = fc.oneof(
      fc.constant(secret),
      fc.constantFrom(API_KEY, CLIENT_ID, "refresh_token", "authorization_code", ...grants),
      fc.jsonValue(),
    );
    const oauth = ["grant_type", "code", "refresh_token", "client_id", "client_secret", "session_id", "code_verifier", "device_code"];
    const field = fc.constantFrom(...oauth, "email", "password", "session", "organization_id", "user_id", "name", "metadata", "origin");
    const request = fc.record({
      path: fc.oneof(fc.constantFrom(...paths), fc.webPath()),
      method: fc.constantFrom("GET", "POST", "PUT", "HEAD", "PATCH"),
      type: fc.constantFrom("application/json", "text/plain", "application/x-www-form-urlencoded"),
      query: fc.dictionary(
        fc.constantFrom("session_id", "return_to", "client_id", "redirect_uri", "login_hint", "limit", "after", "email", "statuses"),
        fc.oneof(fc.string(), fc.constant(secret)),
      ),
      body: fc.oneof(
        fc.dictionary(field, value).map((body) => JSON.stringify(body)),
        fc.string(),
      ),
      key: fc.constantFrom(API_KEY, secret),
    });

    await fc.assert(
      fc.asyncProperty(request, async ({ path, method, type, query, body, key }) => {
        const url = new URL(`${ORIGIN}${path}?${new URLSearchParams(query)}`);
        const bodyless = method === "GET" || method === "HEAD";
        const init = { method, headers: { "content-type": type, authorization: `Bearer ${key}` }, body: bodyless ? null : body };
        const response = await world.issuer.fetch(new Request(url, init));
        const text = await response.text();
        if (response.status === 302) return;
        expect(response.headers.get("content-type")).toContain("application/json");
        expect(typeof JSON.parse(text)).toBe("object");
        expect(response.status).toBeLessThan(500);
        expect(text).not.toContain(secret);
        if (response.status >= 400) expect(text).not.toContain(API_KEY);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
