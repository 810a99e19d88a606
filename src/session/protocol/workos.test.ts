import { describe, expect, test } from "vitest";
import { CLIENT, createWorld, ISSUER, json, type Reply, SECRET, START } from "../session.testing.ts";
import { classifyReply, type Dialect, parseRetryAfter, type TokenReply } from "../token-answer.ts";
import { workosProtocol } from "./workos.ts";

const REDIRECT = "https://app.test/callback";
const SECRETS = { state: "state", nonce: "nonce", verifier: "verifier_1" };

function protocolWith(reply: Reply) {
  const world = createWorld();
  world.reply = reply;
  return {
    world,
    protocol: workosProtocol({ origin: ISSUER, clientId: CLIENT, clientSecret: SECRET, redirectUri: REDIRECT, ports: world.ports }),
  };
}

function redeemed(reply: Reply) {
  return protocolWith(reply).protocol.redeem("rt_1", null, 10_000);
}

const html = (status: number) => () => new Response("<html>Bad Gateway</html>", { status, headers: { "content-type": "text/html" } });

describe("what is sent", () => {
  test("a refresh: JSON to /user_management/authenticate, client in the body, API key as bearer, redirects not followed", async () => {
    let seen: Parameters<Reply>[0] | undefined;
    await redeemed((request) => {
      seen = request;
      return json(200, { access_token: "at_2" });
    });
    expect(seen?.url).toBe("https://api.workos.test/user_management/authenticate");
    expect(seen?.body).toEqual({ grant_type: "refresh_token", refresh_token: "rt_1", client_id: CLIENT, client_secret: SECRET });
    expect(seen?.init).toMatchObject({
      method: "POST",
      redirect: "manual",
      headers: { accept: "application/json", "content-type": "application/json", authorization: `Bearer ${SECRET}` },
    });
  });

  test("a refresh for another organization", async () => {
    const { world, protocol } = protocolWith(() => json(200, { access_token: "at_2" }));
    await protocol.redeem("rt_1", "org_2", 10_000);
    expect(world.calls).toMatchObject([{ refresh_token: "rt_1", organization_id: "org_2" }]);
  });

  test("a code with its verifier", async () => {
    const { world, protocol } = protocolWith(() => json(200, { access_token: "at_1", refresh_token: "rt_1" }));
    await protocol.exchangeCode(new URLSearchParams({ code: "code_1" }), SECRETS);
    expect(world.calls).toEqual([
      { grant_type: "authorization_code", code: "code_1", code_verifier: "verifier_1", client_id: CLIENT, client_secret: SECRET },
    ]);
  });

  test("a code and its verifier are not repeated, though the issuer says them", async () => {
    const { protocol } = protocolWith(() => json(401, { error: "invalid_client", error_description: "not with code_1 and verifier_1" }));
    expect(await protocol.exchangeCode(new URLSearchParams({ code: "code_1" }), SECRETS)).toEqual({
      kind: "misconfigured",
      said: "invalid_client: not with [redacted] and [redacted]",
    });
  });

  test("fetch is called without a receiver", async () => {
    let receiver: unknown = "not called";
    const ports = {
      now: () => START,
      wait: () => new Promise<void>(() => {}),
      fetch: async function (this: unknown) {
        receiver = this;
        return json(200, { access_token: "at_2" });
      },
    };
    await workosProtocol({ origin: ISSUER, clientId: CLIENT, clientSecret: SECRET, redirectUri: REDIRECT, ports }).redeem(
      "rt_1",
      null,
      10_000,
    );
    expect(receiver).toBeUndefined();
  });

  test("the browser goes to authorize with state and challenge, and hint and organization where there are any", async () => {
    const { protocol } = protocolWith(() => json(200, {}));
    const request = { state: "s", nonce: "n", codeChallenge: "c", loginHint: null, organizationId: null };
    const location = new URL(String(await protocol.authorizationUrl(request)));
    expect(location.origin + location.pathname).toBe("https://api.workos.test/user_management/authorize");
    const bare = {
      client_id: CLIENT,
      redirect_uri: REDIRECT,
      response_type: "code",
      provider: "authkit",
      state: "s",
      code_challenge: "c",
      code_challenge_method: "S256",
    };
    expect(Object.fromEntries(location.searchParams)).toEqual(bare);
    const full = new URL(String(await protocol.authorizationUrl({ ...request, loginHint: "a@b.c", organizationId: "org_1" })));
    expect(Object.fromEntries(full.searchParams)).toEqual({ ...bare, login_hint: "a@b.c", organization_id: "org_1" });
  });

  test("and to the logout page of its session", async () => {
    const { protocol } = protocolWith(() => json(200, {}));
    expect(await protocol.logoutUrl("session_1", "https://app.test/")).toBe(
      "https://api.workos.test/user_management/sessions/logout?session_id=session_1&return_to=https%3A%2F%2Fapp.test%2F",
    );
  });
});

describe("a revocation", () => {
  test("names the session to the API", async () => {
    const { world, protocol } = protocolWith(({ url }) => json(url.endsWith("/user_management/sessions/revoke") ? 200 : 400, {}));
    expect(await protocol.revoke({ sessionId: "session_1", refreshToken: "rt_1" })).toBe(true);
    expect(world.calls).toEqual([{ session_id: "session_1" }]);
  });

  test("whose answer the runtime hides, as it does with redirects, is not done", async () => {
    const { protocol } = protocolWith(() => Response.error());
    expect(await protocol.revoke({ sessionId: "session_1", refreshToken: "rt_1" })).toBe(false);
  });

  test.each([
    [199 + 1, true],
    [204, true],
    [299, true],
    [404, true],
    [300, false],
    [401, false],
    [429, false],
    [503, false],
  ])("answered %d is done: %s", async (status, done) => {
    const { protocol } = protocolWith(() => new Response(null, { status }));
    expect(await protocol.revoke({ sessionId: "session_1", refreshToken: "rt_1" })).toBe(done);
  });

  test("without a connection is not done", async () => {
    const { protocol } = protocolWith(() => {
      throw new TypeError("fetch failed");
    });
    expect(await protocol.revoke({ sessionId: "session_1", refreshToken: "rt_1" })).toBe(false);
  });
});

describe("the classification table", () => {
  test("200 with both tokens: issued", async () => {
    const answer = await redeemed(() => json(200, { user: { id: "user_ada" }, access_token: "at_2", refresh_token: "rt_2" }));
    expect(answer).toEqual({ kind: "issued", accessToken: "at_2", refreshToken: "rt_2", refreshTokenLifetime: null });
  });

  test.each([[undefined], [null], [""]])("200 with refresh_token %j: issued, nothing rotated", async (refreshToken) => {
    const answer = await redeemed(() => json(200, { access_token: "at_2", refresh_token: refreshToken }));
    expect(answer).toEqual({ kind: "issued", accessToken: "at_2", refreshToken: null, refreshTokenLifetime: null });
  });

  test("400 invalid_grant: rejected, in the issuer's words", async () => {
    const answer = await redeemed(() => json(400, { error: "invalid_grant", error_description: "Refresh token already exchanged." }));
    expect(answer).toEqual({ kind: "rejected", said: "invalid_grant: Refresh token already exchanged." });
  });

  test.each([
    [401, { error: "invalid_client", error_description: "unknown client" }, "invalid_client: unknown client"],
    [400, { error: "invalid_client" }, "invalid_client"],
    [400, { error: "invalid_request" }, "invalid_request"],
    [400, { error: "unauthorized_client" }, "unauthorized_client"],
    [400, { error: "unsupported_grant_type" }, "unsupported_grant_type"],
    [401, { error: "invalid_grant" }, "invalid_grant"],
    [403, { code: "organization_selection_required", message: "choose one" }, "organization_selection_required: choose one"],
    [404, { message: "Not Found" }, "Not Found"],
    [409, {}, "status 409 without an error code"],
    [302, { error: { nested: true } }, "status 302 without an error code"],
  ])("%d %j: misconfigured, saying what the issuer said", async (status, body, said) => {
    expect(await redeemed(() => json(status, body))).toEqual({ kind: "misconfigured", said });
  });

  test.each([408, 429, 500, 502, 503, 504, 599])("%d: unavailable, whatever the body claims", async (status) => {
    for (const body of [{ error: "invalid_grant" }, { access_token: "at_2", refresh_token: "rt_2" }]) {
      expect(await redeemed(() => json(status, body))).toEqual({
        kind: "unavailable",
        said: `the issuer answered ${status}`,
        retryAfter: null,
        issuer: status === 429 ? "declined" : "unknown",
      });
    }
  });

  test("429 with Retry-After: unavailable with its seconds", async () => {
    const answer = await redeemed(() => json(429, { error: "slow_down" }, { "retry-after": "7" }));
    expect(answer).toMatchObject({ kind: "unavailable", retryAfter: 7, issuer: "declined" });
  });

  test("a Retry-After date counts from the clock port", async () => {
    const date = new Date(START + 12_000).toUTCString();
    const answer = await redeemed(() => json(503, {}, { "retry-after": date }));
    expect(answer).toMatchObject({ kind: "unavailable", retryAfter: 12, issuer: "declined" });
  });

  test.each([200, 302, 400, 401, 403, 404, 502])("HTML with %d: unavailable, no verdict", async (status) => {
    expect((await redeemed(html(status))).kind).toBe("unavailable");
  });

  test.each([
    [200, '{"access_token":"at_2","refresh_tok'],
    [400, '{"error":"invalid_gr'],
    [400, ""],
    [200, "null"],
    [200, '["access_token"]'],
    [400, '"invalid_grant"'],
  ])("%d with the body %j, not one complete JSON object: unavailable", async (status, body) => {
    expect(await redeemed(() => new Response(body, { status, headers: { "retry-after": "3" } }))).toEqual({
      kind: "unavailable",
      said: `the issuer answered ${status} with a body that is not one complete JSON object`,
      retryAfter: 3,
      issuer: "unknown",
    });
  });

  test.each([[{}], [{ access_token: "" }], [{ access_token: 7 }], [{ error: "invalid_grant" }]])(
    "200 with %j, no access token: unavailable",
    async (body) => {
      expect(await redeemed(() => json(200, body))).toEqual({
        kind: "unavailable",
        said: "the issuer answered 200 without an access_token",
        retryAfter: null,
        issuer: "unknown",
      });
    },
  );

  test("a connection that is refused: unavailable, and the cause is not quoted", async () => {
    const answer = await redeemed(() => {
      throw new TypeError("fetch failed for rt_1");
    });
    expect(answer).toEqual({
      kind: "unavailable",
      said: "the connection to the issuer failed before its answer was complete",
      retryAfter: null,
      issuer: "unknown",
    });
  });

  test.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"])(
    "a connection that never came about (%s): the issuer was not reached",
    async (code) => {
      const answer = await redeemed(() => {
        throw new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code }) });
      });
      expect(answer).toEqual({ kind: "unavailable", said: "the issuer cannot be reached", retryAfter: null, issuer: "unreached" });
    },
  );

  test.each([null, new Error("no cause"), new Error("odd", { cause: null }), "text"])(
    "anything else that is thrown, %j: unknown",
    async (thrown) => {
      const answer = await redeemed(() => {
        throw thrown;
      });
      expect(answer).toMatchObject({ kind: "unavailable", issuer: "unknown" });
    },
  );

  test("a connection that is reset in the middle of the body: unavailable", async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"error":"invalid_grant"'));
        controller.error(new Error("ECONNRESET"));
      },
    });
    expect((await redeemed(() => new Response(body, { status: 400 }))).kind).toBe("unavailable");
  });

  test("an issuer that echoes the token and the secret does not get them into the error", async () => {
    const answer = await redeemed(() => json(401, { error: "invalid_client", error_description: `${SECRET} with rt_1` }));
    expect(answer).toEqual({ kind: "misconfigured", said: "invalid_client: [redacted] with [redacted]" });
  });
});

test.each([
  [null, null],
  ["", null],
  ["0", 0],
  [" 9 ", 9],
  ["99999", 3600],
  ["-5", null],
  ["soon", null],
  ["soon GMT", null],
  [new Date(START - 5_000).toUTCString(), 0],
  [new Date(START + 5_000).toUTCString(), 5],
  ["1 Jan 2030 00:00:05 GMT", 5],
])("Retry-After %j is %j seconds", (header, seconds) => {
  expect(parseRetryAfter(header, START)).toBe(seconds);
});

describe("dialects", () => {
  const kindOf = (dialect: Dialect, status: number, body: Record<string, unknown>) => {
    const reply: TokenReply = { status, json: body, retryAfter: 4, secrets: [] };
    const answer = classifyReply(reply, dialect);
    return answer.kind === "unavailable" ? answer.issuer : answer.kind;
  };

  test.each<[Dialect, number, Record<string, unknown>, string, string]>([
    ["auth0", 403, { error: "invalid_grant" }, "rejected", "misconfigured"],
    ["auth0", 403, { error: "access_denied" }, "misconfigured", "misconfigured"],
    ["auth0", 401, { error: "invalid_grant" }, "misconfigured", "misconfigured"],
    ["cognito", 400, { error: "RefreshTokenReuseException" }, "rejected", "misconfigured"],
    ["cognito", 400, { error: "unauthorized_client" }, "misconfigured", "misconfigured"],
    ["cognito", 500, { error: "RefreshTokenReuseException" }, "unknown", "unknown"],
    ["hydra", 400, { error: "invalid_request" }, "declined", "misconfigured"],
    ["hydra", 401, { error: "invalid_request" }, "misconfigured", "misconfigured"],
    ["hydra", 400, { error: "invalid_grant" }, "rejected", "rejected"],
    ["supabase", 400, { error_code: "refresh_token_already_used" }, "rejected", "misconfigured"],
    ["supabase", 400, { code: "refresh_token_not_found" }, "rejected", "misconfigured"],
    ["supabase", 400, { error: "session_expired" }, "rejected", "misconfigured"],
    ["supabase", 400, { error_code: "session_not_found" }, "rejected", "misconfigured"],
    ["supabase", 400, { error_code: "validation_failed" }, "misconfigured", "misconfigured"],
    ["supabase", 500, { error_code: "session_expired" }, "unknown", "unknown"],
    ["supabase", 409, {}, "declined", "misconfigured"],
    ["zitadel", 400, { error: "invalid_request" }, "rejected", "misconfigured"],
    ["zitadel", 500, { error: "invalid_request" }, "unknown", "unknown"],
    ["zitadel", 400, { error: "invalid_client" }, "misconfigured", "misconfigured"],
  ])("%s: %d %j is %s, which elsewhere is %s", (dialect, status, body, kind, elsewhere) => {
    expect(kindOf(dialect, status, body)).toBe(kind);
    expect(kindOf("standard", status, body)).toBe(elsewhere);
  });

  test.each<Dialect>(["auth0", "cognito", "hydra", "supabase", "zitadel"])("%s: no JSON is no verdict", (dialect) => {
    for (const status of [400, 403]) {
      const answer = classifyReply({ status, json: null, retryAfter: null, secrets: [] }, dialect);
      expect(answer).toMatchObject({ kind: "unavailable", issuer: "unknown" });
    }
  });

  test.each([199, 300])("a token under the status %d, which is no success, is none", (status) => {
    const reply: TokenReply = { status, json: { access_token: "at_1" }, retryAfter: null, secrets: [] };
    expect(classifyReply(reply)).toEqual({ kind: "misconfigured", said: `status ${status} without an error code` });
  });

  test("are the standard's unless somebody says otherwise", () => {
    const reply: TokenReply = { status: 400, json: { error: "invalid_grant" }, retryAfter: null, secrets: [] };
    expect(classifyReply(reply)).toEqual({ kind: "rejected", said: "invalid_grant" });
  });
});
