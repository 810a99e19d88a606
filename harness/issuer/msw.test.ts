import { WorkOS } from "@workos-inc/node";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { setupServer } from "msw/node";
import { afterEach, describe, expect, test } from "vitest";
import { API_KEY, bench, CALLBACK, CLIENT_ID, ORIGIN } from "./issuer.testing.ts";
import { mswHandlers } from "./msw.ts";

// An app's test as somebody writes it who uses MSW already: the SDK is not told anything, and the network is MSW's.

let stop = () => {};
afterEach(() => stop());

function app() {
  const world = bench({ now: Date.now });
  const server = setupServer(...mswHandlers(world.issuer, ORIGIN));
  server.listen({ onUnhandledFrame: "error" });
  stop = () => server.close();
  const { userManagement } = new WorkOS(API_KEY, { clientId: CLIENT_ID, apiHostname: new URL(ORIGIN).hostname });
  return { world, userManagement };
}

async function signIn({ userManagement }: ReturnType<typeof app>) {
  const start = await userManagement.getAuthorizationUrlWithPKCE({
    provider: "authkit",
    redirectUri: CALLBACK,
    loginHint: "ada@example.test",
  });
  const { headers } = await fetch(start.url, { redirect: "manual" });
  const code = new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
  return userManagement.authenticateWithCode({ code, codeVerifier: start.codeVerifier });
}

describe("an app's test with MSW and @workos-inc/node", () => {
  test("signs in, verifies, refreshes and signs out", async () => {
    const one = app();
    const { accessToken, refreshToken, user } = await signIn(one);
    expect(user.email).toBe("ada@example.test");
    const keys = createRemoteJWKSet(new URL(one.userManagement.getJwksUrl(CLIENT_ID)));
    const { payload } = await jwtVerify(accessToken, keys, { issuer: "https://api.workos.com" });
    expect(payload.sub).toBe("user_ada");

    const next = await one.userManagement.authenticateWithRefreshToken({ refreshToken });
    expect(one.world.names.get(next.refreshToken)).toBe("RT F1.g1");

    await one.userManagement.revokeSession({ sessionId: String(payload.sid) });
    await expect(one.userManagement.authenticateWithRefreshToken({ refreshToken: next.refreshToken })).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });

  test("makes a race certain with a barrier", async () => {
    const one = app();
    const { refreshToken } = await signIn(one);
    one.world.issuer.control.faults.add({
      at: { grantType: "refresh_token" },
      when: "before-commit",
      effect: { kind: "hold", requests: 2 },
    });
    const [a, b] = await Promise.all([1, 2].map(() => one.userManagement.authenticateWithRefreshToken({ refreshToken })));
    expect(a?.refreshToken).toBe(b?.refreshToken);
  });

  test("sees a network error where a fault breaks the connection", async () => {
    const { world } = app();
    world.issuer.control.faults.add({ at: { endpoint: "jwks" }, when: "before-commit", effect: { kind: "reset" } });
    await expect(fetch(`${ORIGIN}/sso/jwks/${CLIENT_ID}`)).rejects.toThrow(TypeError);
    expect((await fetch(`${ORIGIN}/sso/jwks/${CLIENT_ID}`)).status).toBe(200);
  });

  test("sees a body that ends too early where a fault cuts the answer", async () => {
    const { world } = app();
    world.issuer.control.faults.add({ at: { endpoint: "jwks" }, when: "after-commit", effect: { kind: "truncate" } });
    const response = await fetch(`${ORIGIN}/sso/jwks/${CLIENT_ID}`);
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });
});
