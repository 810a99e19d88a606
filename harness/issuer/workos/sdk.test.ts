import { WorkOS } from "@workos-inc/node";
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { API_KEY, type Bench, bench, CALLBACK, CLIENT_ID, ORIGIN } from "../issuer.testing.ts";

// The official SDK is the judge of the wire: it must read every answer as it reads WorkOS's own.

function sdk(world: Bench): WorkOS {
  const fetchFn: typeof fetch = (input, init) => world.issuer.fetch(new Request(input, init));
  return new WorkOS(API_KEY, { clientId: CLIENT_ID, apiHostname: new URL(ORIGIN).hostname, fetchFn });
}

async function follow(world: Bench, url: string): Promise<string> {
  const response = await world.issuer.fetch(new Request(url));
  return new URL(response.headers.get("location") ?? "").searchParams.get("code") ?? "";
}

test("the WorkOS SDK signs in with PKCE, refreshes, reads the user and revokes the session", async () => {
  const world = bench();
  const { userManagement } = sdk(world);

  const start = await userManagement.getAuthorizationUrlWithPKCE({
    provider: "authkit",
    redirectUri: CALLBACK,
    loginHint: "ada@example.test",
  });
  const code = await follow(world, start.url);
  const signedIn = await userManagement.authenticateWithCode({ code, codeVerifier: start.codeVerifier });
  expect(signedIn.user).toMatchObject({ object: "user", id: "user_ada", emailVerified: true, firstName: "Ada", lastName: "Lovelace" });

  const refreshed = await userManagement.authenticateWithRefreshToken({ refreshToken: signedIn.refreshToken });
  expect(world.names.get(refreshed.refreshToken)).toBe("RT F1.g1");

  expect(await userManagement.getUser("user_ada")).toEqual(signedIn.user);

  const sessionId = String(decodeJwt(refreshed.accessToken).sid);
  await userManagement.revokeSession({ sessionId });
  await expect(userManagement.authenticateWithRefreshToken({ refreshToken: refreshed.refreshToken })).rejects.toMatchObject({
    status: 400,
    error: "invalid_grant",
    errorDescription: "Session has already ended.",
  });
});

test("the WorkOS SDK builds the logout and key-set URLs that the issuer answers", async () => {
  const world = bench();
  const { userManagement } = sdk(world);
  const { access } = await world.signIn();

  const logout = userManagement.getLogoutUrl({ sessionId: String(decodeJwt(access).sid), returnTo: "https://app.test/" });
  expect((await world.issuer.fetch(new Request(logout))).status).toBe(302);
  expect(world.summary()).toBe("F1 ended (user)");

  const keys = await world.issuer.fetch(new Request(userManagement.getJwksUrl(CLIENT_ID)));
  expect(await keys.json()).toEqual(world.issuer.jwks);
});
