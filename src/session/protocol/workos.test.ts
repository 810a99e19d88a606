import { describe, expect, test } from "vitest";
import { CLIENT, createWorld, ISSUER, json, type Reply, SECRET, START } from "./session.testing.ts";
import { parseRetryAfter } from "./token-answer.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";

function endpointWith(reply: Reply) {
  const world = createWorld();
  world.reply = reply;
  return { world, endpoint: createTokenEndpoint({ origin: ISSUER, clientId: CLIENT, clientSecret: SECRET, ports: world.ports }) };
}

function redeemed(reply: Reply) {
  return endpointWith(reply).endpoint.redeem("rt_1");
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

  test("a code", async () => {
    const { world, endpoint } = endpointWith(() => json(200, { access_token: "at_1", refresh_token: "rt_1" }));
    await endpoint.exchangeCode("code_1");
    expect(world.calls).toEqual([{ grant_type: "authorization_code", code: "code_1", client_id: CLIENT, client_secret: SECRET }]);
  });

  test("fetch is called without a receiver", async () => {
    let receiver: unknown = "not called";
    const ports = {
      now: () => START,
      fetch: async function (this: unknown) {
        receiver = this;
        return json(200, { access_token: "at_2" });
      },
    };
    await createTokenEndpoint({ origin: ISSUER, clientId: CLIENT, clientSecret: SECRET, ports }).redeem("rt_1");
    expect(receiver).toBeUndefined();
  });
});

describe("the classification table", () => {
  test("200 with both tokens: issued", async () => {
    const answer = await redeemed(() => json(200, { user: { id: "user_ada" }, access_token: "at_2", refresh_token: "rt_2" }));
    expect(answer).toEqual({ kind: "issued", accessToken: "at_2", refreshToken: "rt_2" });
  });

  test.each([[undefined], [null], [""]])("200 with refresh_token %j: issued, nothing rotated", async (refreshToken) => {
    const answer = await redeemed(() => json(200, { access_token: "at_2", refresh_token: refreshToken }));
    expect(answer).toEqual({ kind: "issued", accessToken: "at_2", refreshToken: null });
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
      });
    }
  });

  test("429 with Retry-After: unavailable with its seconds", async () => {
    const answer = await redeemed(() => json(429, { error: "slow_down" }, { "retry-after": "7" }));
    expect(answer).toMatchObject({ kind: "unavailable", retryAfter: 7 });
  });

  test("a Retry-After date counts from the clock port", async () => {
    const date = new Date(START + 12_000).toUTCString();
    const answer = await redeemed(() => json(503, {}, { "retry-after": date }));
    expect(answer).toMatchObject({ kind: "unavailable", retryAfter: 12 });
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
    });
  });

  test.each([[{}], [{ access_token: "" }], [{ access_token: 7 }], [{ error: "invalid_grant" }]])(
    "200 with %j, no access token: unavailable",
    async (body) => {
      expect(await redeemed(() => json(200, body))).toEqual({
        kind: "unavailable",
        said: "the issuer answered 200 without an access_token",
        retryAfter: null,
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
    });
  });

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
])("Retry-After %j is %j seconds", (header, seconds) => {
  expect(parseRetryAfter(header, START)).toBe(seconds);
});
