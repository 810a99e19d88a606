import { describe, expect, it } from "vitest";
import { CLIENT_ID, ORIGIN } from "../../issuer/issuer.testing.ts";
import { APP, LIFETIME, TROUBLES, visitsTo } from "../third-party.testing.ts";
import { loadOpenidClient } from "./target.ts";

const target = await loadOpenidClient();
const ada = visitsTo(target);

const DISCOVERY = "GET /.well-known/openid-configuration";
const TOKENS = "/oauth2/token";
const CLEARED = "session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0";

it("says which versions run, and how they are set up", () => {
  expect(target.about).toMatchObject({
    ...{ package: "openid-client", version: "6.8.9", over: { oauth4webapi: expect.stringMatching(/^3\./) } },
    configuration: { session: expect.stringContaining("refreshTokenGrant") },
  });
});

describe("signing in", () => {
  it("goes to the issuer with the hint, PKCE, state and nonce", async () => {
    const { status, location, set } = await ada.visit("/login?login_hint=ada%40example.test");
    const url = new URL(location ?? "");
    expect([status, url.origin + url.pathname]).toEqual([302, `${ORIGIN}/oauth2/authorize`]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ client_id: CLIENT_ID, redirect_uri: `${APP}/callback`, login_hint: "ada@example.test", code_challenge_method: "S256" },
      ...{ state: expect.any(String), nonce: expect.any(String), scope: "openid email offline_access" },
    });
    expect(set).toEqual([expect.stringMatching(/^sign-in=eyJ\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)]);
    expect(ada.asked).toEqual([DISCOVERY]);
  });

  it("ends with a redirect to the page and a sealed cookie, and forgets what it had to remember", async () => {
    const { status, location, set } = await ada.signIn();
    expect([status, location]).toEqual([302, "/"]);
    expect(set).toEqual([
      expect.stringMatching(/^session=eyJ\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      "sign-in=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0",
    ]);
    expect(ada.jar.get("session")?.split(".")).toHaveLength(5);
  });

  it("fails for an answer to somebody else's sign-in", async () => {
    await ada.visit("/login?login_hint=ada%40example.test");
    await expect(ada.visit(`/callback?code=code_unknown&state=not-mine&iss=${encodeURIComponent(ORIGIN)}`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("state") },
    });
  });

  it("begins anew at a callback that nobody has asked for", async () => {
    expect(await ada.visit("/callback?code=code_unknown")).toMatchObject({ kind: "signed-out", set: [] });
  });
});

describe("a page", () => {
  it("without a cookie sends the person to sign in, and asks nobody", async () => {
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", location: "/login", set: [] });
    expect(ada.asked).toEqual([]);
  });

  it("with a fresh access token shows the user, and asks nobody", async () => {
    await ada.signIn();
    const { kind, body, set } = await ada.visit("/");
    expect([kind, JSON.parse(body), set]).toEqual(["signed-in", { user: "user_ada" }, []]);
    expect(ada.asked).toEqual([]);
  });

  it("with an expired access token redeems the refresh token, and keeps the new one", async () => {
    await ada.signIn();
    ada.pass(LIFETIME);
    const { kind, body, set } = await ada.visit("/");
    expect([kind, JSON.parse(body), set]).toEqual(["signed-in", { user: "user_ada" }, [expect.stringMatching(/^session=eyJ/)]]);
    expect([ada.asked, ada.issuer.summary()]).toEqual([[`POST ${TOKENS}`], "F1: g0 spent, g1 live"]);
    ada.asked.length = 0;
    expect((await ada.visit("/")).kind).toBe("signed-in");
    expect(ada.asked).toEqual([]);
  });

  it("of two that come together, each redeems the same token, and the second clears the cookie", async () => {
    await ada.signIn();
    ada.pass(LIFETIME);
    const [one, other] = await Promise.all([ada.visit("/"), ada.visit("/")]);
    expect([one.kind, other.kind].sort()).toEqual(["signed-in", "signed-out"]);
    expect([one.set, other.set]).toContainEqual([CLEARED]);
    expect(ada.asked).toEqual([`POST ${TOKENS}`, `POST ${TOKENS}`]);
  });

  it.each([
    [400, { error: "invalid_grant", error_description: "spent" }],
    [400, { error: "invalid_request" }],
    [403, { error: "invalid_grant" }],
    [400, { error_code: "refresh_token_already_used", msg: "Invalid Refresh Token: Already Used" }],
  ])("with a refusal of %i %j clears the cookie and sends the person to sign in", async (status, body) => {
    await ada.signIn();
    ada.pass(LIFETIME);
    ada.instead = { [TOKENS]: () => Response.json(body, { status }) };
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", location: "/login", set: [CLEARED] });
  });

  it.each(TROUBLES)("is a 503 that leaves the cookie alone while the issuer %s, and works again afterwards", async (_, trouble) => {
    await ada.signIn();
    ada.pass(LIFETIME);
    ada.instead = { [TOKENS]: trouble };
    expect(await ada.visit("/")).toMatchObject({ status: 503, kind: "unavailable", set: [] });
    ada.instead = {};
    expect((await ada.visit("/")).kind).toBe("signed-in");
  });

  it("asks for the issuer's metadata again when it could not be had", async () => {
    await ada.signIn();
    ada.pass(LIFETIME);
    await ada.restart();
    ada.instead = { "/.well-known/openid-configuration": () => new Response("down", { status: 503 }) };
    expect((await ada.visit("/")).kind).toBe("unavailable");
    ada.instead = {};
    expect((await ada.visit("/")).kind).toBe("signed-in");
    expect(ada.asked).toEqual([DISCOVERY, DISCOVERY, `POST ${TOKENS}`]);
  });

  it("with a cookie that another password has sealed sends the person to sign in", async () => {
    await ada.signIn();
    await ada.restart("quite-another-password-of-at-least-thirty-two");
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", set: [] });
  });
});

describe("signing out", () => {
  it("revokes the refresh token, which ends the session, and clears the cookie", async () => {
    await ada.signIn();
    expect(await ada.visit("/logout", "POST")).toMatchObject({ status: 302, location: "/", set: [CLEARED] });
    expect(ada.issuer.summary()).toBe("F1 ended (user)");
    expect((await ada.visit("/")).kind).toBe("signed-out");
  });

  it("does nothing while the issuer does not hear of it", async () => {
    await ada.signIn();
    ada.instead = { "/oauth2/revoke": () => new Response("down", { status: 503 }) };
    expect(await ada.visit("/logout", "POST")).toMatchObject({ kind: "unavailable", set: [] });
    expect((await ada.visit("/")).kind).toBe("signed-in");
  });

  it("sends whoever is not signed in to sign in", async () => {
    expect(await ada.visit("/logout", "POST")).toMatchObject({ kind: "signed-out", set: [] });
  });
});

it.each([
  [200, {}, "signed-in"],
  [302, { location: "/login" }, "signed-out"],
  [302, { location: "/" }, "other"],
  [503, {}, "unavailable"],
  [500, {}, "other"],
])("the target classifies %i %j as %s", (status, headers, kind) => {
  expect(target.classify({ status, headers: new Headers(headers as Record<string, string>), body: "" })).toBe(kind);
});
