import { describe, expect, it } from "vitest";
import { CLIENT_ID, ORIGIN } from "../../issuer/issuer.testing.ts";
import { APP, LIFETIME, TROUBLES, visitsTo } from "../third-party.testing.ts";
import { loadAuthCore } from "./target.ts";

const target = await loadAuthCore();
const ada = visitsTo(target);

const DISCOVERY = "GET /.well-known/openid-configuration";
const TOKENS = "/oauth2/token";
const COOKIE = "__Secure-authjs.session-token";
/** A session cookie that is set anew, whatever is in it. */
const SET = expect.stringMatching(/^__Secure-authjs\.session-token=eyJ[^;]+; .*HttpOnly; Secure; SameSite=Lax$/);

it("says which versions run, and how they are set up", () => {
  expect(target.about).toMatchObject({
    ...{ package: "@auth/core", version: "0.41.3", over: { oauth4webapi: expect.stringMatching(/^3\./) } },
    configuration: { session: expect.stringContaining("jwt callback") },
  });
});

describe("signing in", () => {
  it("goes to the issuer with the hint and PKCE", async () => {
    const { status, location, set } = await ada.visit("/login?login_hint=ada%40example.test");
    const url = new URL(location ?? "");
    expect([status, url.origin + url.pathname]).toEqual([302, `${ORIGIN}/oauth2/authorize`]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ client_id: CLIENT_ID, redirect_uri: `${APP}/auth/callback/holdfast`, login_hint: "ada@example.test" },
      ...{ code_challenge_method: "S256", scope: "openid email offline_access" },
    });
    expect(set).toContainEqual(expect.stringMatching(/^__Secure-authjs\.pkce\.code_verifier=eyJ/));
    expect(ada.asked).toEqual([DISCOVERY]);
  });

  it("ends with a redirect to the page and a cookie that no script can read", async () => {
    const { status, location, set } = await ada.signIn();
    expect([status, location]).toEqual([302, `${APP}/`]);
    expect(set).toContainEqual(SET);
  });
});

describe("a page", () => {
  it("without a cookie sends the person to sign in, and asks nobody", async () => {
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", location: "/login" });
    expect([ada.asked, ada.jar.has(COOKIE)]).toEqual([[], false]);
  });

  it("with a fresh access token shows the user, asks nobody, and sets the cookie all the same", async () => {
    await ada.signIn();
    const { kind, body, set } = await ada.visit("/");
    expect([kind, JSON.parse(body), set]).toEqual(["signed-in", { user: "ada@example.test" }, [SET]]);
    expect(ada.asked).toEqual([]);
  });

  it("with an expired access token redeems the refresh token, and keeps the new one", async () => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-in", set: [SET] });
    expect([ada.asked, ada.issuer.summary()]).toEqual([[`POST ${TOKENS}`], "F1: g0 spent, g1 live"]);
    ada.asked.length = 0;
    expect((await ada.visit("/")).kind).toBe("signed-in");
    expect(ada.asked).toEqual([]);
  });

  it("of two that come together, each redeems the same token, and the second sets the cookie back to what is spent", async () => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    const [one, other] = await Promise.all([ada.visit("/"), ada.visit("/")]);
    expect([one.kind, other.kind].sort()).toEqual(["signed-in", "signed-out"]);
    expect([one.set, other.set]).toEqual([[SET], [SET]]);
    const loser = one.kind === "signed-out" ? one : other;
    ada.jar.set(COOKIE, loser.set[0]?.slice(COOKIE.length + 1).split(";")[0] ?? "");
    expect((await ada.visit("/")).kind).toBe("signed-out");
    expect(ada.issuer.summary()).toBe("F1: g0 spent, g1 live");
  });

  it.each(TROUBLES)(
    "sends the person to sign in while the issuer %s, and again when it is well: the error stays in the cookie",
    async (_, trouble) => {
      await ada.signIn();
      ada.pass(LIFETIME + 1_000);
      ada.instead = { [TOKENS]: trouble };
      expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", set: [SET] });
      ada.instead = {};
      expect((await ada.visit("/")).kind).toBe("signed-out");
      // The refresh has been a success meanwhile.
      expect(ada.issuer.summary()).toBe("F1: g0 spent, g1 live");
      expect((await ada.visit("/")).kind).toBe("signed-out");
      await ada.signIn();
      expect((await ada.visit("/")).kind).toBe("signed-in");
    },
  );

  it("with a cookie that was sealed with another secret clears it and sends the person to sign in", async () => {
    await ada.signIn();
    await ada.restart("quite-another-password-of-at-least-thirty-two");
    const { kind, set } = await ada.visit("/");
    expect(kind).toBe("signed-out");
    expect(set).toContainEqual(expect.stringMatching(/^__Secure-authjs\.session-token=; Max-Age=0/));
  });
});

describe("signing out", () => {
  it("clears the cookie, and tells the issuer nothing", async () => {
    await ada.signIn();
    const { status, location, set } = await ada.visit("/logout", "POST");
    expect([status, location]).toEqual([302, `${APP}/`]);
    expect(set).toContainEqual(expect.stringMatching(/^__Secure-authjs\.session-token=; Max-Age=0/));
    expect([ada.asked, ada.issuer.summary()]).toEqual([[], "F1: g0 live"]);
    expect((await ada.visit("/")).kind).toBe("signed-out");
  });
});

it.each([
  [200, {}, "signed-in"],
  [302, { location: "/login" }, "signed-out"],
  [302, { location: "/" }, "other"],
  [500, {}, "other"],
])("the target classifies %i %j as %s", (status, headers, kind) => {
  expect(target.classify({ status, headers: new Headers(headers as Record<string, string>), body: "" })).toBe(kind);
});
