import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { serve } from "../http.testing.ts";
import { CALLBACK, START } from "../issuer.testing.ts";
import type { IssuerOptions } from "../options.ts";
import { profiles } from "../profiles.ts";
import { BYE, type OidcBench, oidcBench, SPA, WEB } from "./oidc.testing.ts";

// The libraries that apps use are the judges of the wire, over HTTP and with every check of theirs switched on.

// They read the global clock, and the issuer's must be the same.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  return () => vi.useRealTimers();
});

async function served(options: Partial<IssuerOptions> = {}): Promise<{ world: OidcBench; origin: string }> {
  let world: OidcBench | undefined;
  const origin = await serve((at) => {
    world = oidcBench({ origin: at, now: () => Date.now(), ...options });
    return world.issuer.fetch;
  });
  return { world: world as OidcBench, origin };
}

/** Where the issuer sends the browser. */
async function follow(url: URL): Promise<URL> {
  const response = await fetch(url, { redirect: "manual" });
  return new URL(response.headers.get("location") ?? "no redirect:");
}

describe("openid-client", () => {
  async function discovered(origin: string, authentication = client.ClientSecretBasic(WEB.secret ?? "")) {
    const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
    return client.discovery(new URL(origin), WEB.id, {}, authentication, { execute });
  }

  async function signIn(config: client.Configuration, more: Record<string, string> = {}) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: CALLBACK, scope: "openid profile email offline_access", login_hint: "ada@example.test" },
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      ...{ code_challenge_method: "S256", state: expectedState, nonce: expectedNonce, ...more },
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, maxAge: 60 };
    return client.authorizationCodeGrant(config, await follow(url), checks);
  }

  test.each([
    ["client_secret_basic", client.ClientSecretBasic(WEB.secret ?? "")],
    ["client_secret_post", client.ClientSecretPost(WEB.secret ?? "")],
  ])("signs in by %s, reads the user, introspects, refreshes and revokes", async (_, authentication) => {
    const { world, origin } = await served();
    const config = await discovered(origin, authentication);
    const tokens = await signIn(config, { max_age: "60" });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: origin, sub: "user_ada", aud: WEB.id, email: "ada@example.test" });

    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? "");
    expect(info).toMatchObject({ name: "Ada Lovelace", email_verified: true });
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, client_id: WEB.id });

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "", { scope: "openid" });
    expect([refreshed.scope, refreshed.claims()?.sid, world.summary()]).toEqual(["openid", claims?.sid, "F1: g0 grace, g1 live"]);

    await client.tokenRevocation(config, refreshed.refresh_token ?? "");
    expect(await client.tokenIntrospection(config, refreshed.refresh_token ?? "")).toEqual({ active: false });
    await expect(client.fetchUserInfo(config, refreshed.access_token, "user_ada")).rejects.toMatchObject({ status: 401 });
    expect(world.summary()).toBe("F1 ended (user)");
  });

  test.each([
    ["workos", [2, 1, []]],
    ["logto", [2, 2, []]],
    ["zitadel", [1, 1, ["invalid_grant"]]],
    ["better-auth", [1, 1, ["invalid_grant"]]],
  ] as const)("refreshes in turn, and twice at once, under %s", async (name, expected) => {
    const { world, origin } = await served({ profile: profiles[name] });
    const config = await discovered(origin);
    let { refresh_token = "" } = await signIn(config);
    for (let turn = 0; turn < 2; turn++) refresh_token = (await client.refreshTokenGrant(config, refresh_token)).refresh_token ?? "";
    const settled = await Promise.allSettled([1, 2].map(() => client.refreshTokenGrant(config, refresh_token)));

    const given = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value.refresh_token] : []));
    const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason.error] : []));
    expect([given.length, new Set(given).size, refused]).toEqual(expected);
    expect(world.events.filter((event) => event.type === "token-redeemed" && event.outcome === "rotated")).toHaveLength(3);
  });

  test("signs out, and the app is told behind the browser's back", async () => {
    let told = (_: string) => {};
    const notice = new Promise<string>((resolve) => (told = resolve));
    const app = await serve(() => async (request) => {
      told(new URLSearchParams(await request.text()).get("logout_token") ?? "");
      return new Response();
    });
    const clients = [{ ...WEB, backchannelLogoutUri: `${app}/backchannel` }];
    const { world, origin } = await served({ clients, notify: (request) => fetch(request) });
    const config = await discovered(origin);
    const { id_token = "" } = await signIn(config);

    const back = await follow(client.buildEndSessionUrl(config, { id_token_hint: id_token, post_logout_redirect_uri: BYE, state: "s" }));

    expect(back.href).toBe(`${BYE}?state=s`);
    expect(world.summary()).toBe("F1 ended (user)");
    const claims = JSON.parse(Buffer.from((await notice).split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ iss: origin, aud: WEB.id, sub: "user_ada" });
  });

  test("is told of a person who must sign in", async () => {
    const { origin } = await served();
    const refused = signIn(await discovered(origin), { prompt: "none" });
    await expect(refused).rejects.toMatchObject({ error: "login_required", code: "OAUTH_AUTHORIZATION_RESPONSE_ERROR" });
  });
});

describe("oauth4webapi", () => {
  const insecure = { [oauth.allowInsecureRequests]: true };

  test.each(["oidc", "oauth2"] as const)(
    "signs a public client in after discovery by %s, and takes the access token for RFC 9068's",
    async (algorithm) => {
      const { world, origin } = await served();
      const issuer = new URL(origin);
      const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...insecure }));
      const spa: oauth.Client = { client_id: SPA.id };
      const verifier = oauth.generateRandomCodeVerifier();
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
      const url = new URL(as.authorization_endpoint ?? "");
      url.search = new URLSearchParams({
        ...{ client_id: SPA.id, redirect_uri: CALLBACK, response_type: "code", scope: "openid offline_access", state, nonce },
        ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" },
        login_hint: "ada@example.test",
      }).toString();
      const parameters = oauth.validateAuthResponse(as, spa, await follow(url), state);

      const exchanged = await oauth.authorizationCodeGrantRequest(as, spa, oauth.None(), parameters, CALLBACK, verifier, insecure);
      const tokens = await oauth.processAuthorizationCodeResponse(as, spa, exchanged, { expectedNonce: nonce, requireIdToken: true });
      await oauth.validateApplicationLevelSignature(as, exchanged, insecure);

      const resource = new Request("https://api.test/", { headers: { authorization: `Bearer ${tokens.access_token}` } });
      const claims = await oauth.validateJwtAccessToken(as, resource, SPA.id, insecure);
      expect(claims).toMatchObject({ sub: "user_ada", client_id: SPA.id, scope: "openid offline_access" });

      const info = await oauth.userInfoRequest(as, spa, tokens.access_token, insecure);
      expect(await oauth.processUserInfoResponse(as, spa, "user_ada", info)).toEqual({ sub: "user_ada" });

      const refresh = await oauth.refreshTokenGrantRequest(as, spa, oauth.None(), tokens.refresh_token ?? "", insecure);
      const refreshed = await oauth.processRefreshTokenResponse(as, spa, refresh);
      expect(world.names.get(refreshed.refresh_token ?? "")).toBe("RT F1.g1");

      await oauth.processRevocationResponse(await oauth.revocationRequest(as, spa, oauth.None(), refreshed.refresh_token ?? "", insecure));
      const ended = await oauth.refreshTokenGrantRequest(as, spa, oauth.None(), refreshed.refresh_token ?? "", insecure);
      await expect(oauth.processRefreshTokenResponse(as, spa, ended)).rejects.toMatchObject({ error: "invalid_grant", status: 400 });
    },
  );
});
