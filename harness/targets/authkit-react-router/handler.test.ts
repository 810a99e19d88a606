import { describe, expect, it } from "vitest";
import { CLIENT_ID, ORIGIN } from "../../issuer/issuer.testing.ts";
import { APP, LIFETIME, patiently, TROUBLES, visitsTo } from "../third-party.testing.ts";
import { loadAuthkitReactRouter } from "./target.ts";

const target = await loadAuthkitReactRouter();
const ada = visitsTo(target);

const TOKENS = "/user_management/authenticate";
const KEYS = `/sso/jwks/${CLIENT_ID}`;
const AUTHKIT = `${ORIGIN}/user_management/authorize`;
const DESTROYED = "wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax";

it("says which versions run, and how they are set up", () => {
  expect(target.about).toMatchObject({
    package: "@workos-inc/authkit-react-router",
    version: "0.8.1",
    over: { "react-router": "7.18.5", "@workos-inc/node": "7.82.0" },
    configuration: { session: expect.stringContaining("ensureSignedIn") },
  });
});

describe("signing in", () => {
  it("goes to the issuer with the hint", async () => {
    const { status, location, set } = await ada.visit("/login?login_hint=ada%40example.test");
    const url = new URL(location ?? "");
    expect([status, url.origin + url.pathname, set]).toEqual([302, AUTHKIT, []]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ redirect_uri: `${APP}/callback`, login_hint: "ada@example.test" });
    expect(ada.asked).toEqual([]);
  });

  it("ends with a redirect to the page and a cookie that no script can read", async () => {
    const { status, location, set } = await ada.signIn();
    expect([status, location]).toEqual([302, `${APP}/`]);
    expect(set).toEqual([expect.stringMatching(/^wos-session=eyJ\S+; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/)]);
  });
});

describe("a page", () => {
  it("without a cookie sends the person to AuthKit, and asks nobody", async () => {
    const { kind, location } = await ada.visit("/");
    expect([kind, location?.startsWith(AUTHKIT)]).toEqual(["signed-out", true]);
    expect(ada.asked).toEqual([]);
  });

  it("with a fresh access token shows the user, and fetches the issuer's keys for each page anew", async () => {
    await ada.signIn();
    for (let page = 0; page < 3; page++) {
      const { kind, body, set } = await ada.visit("/");
      expect([kind, JSON.parse(body).user.id, set]).toEqual(["signed-in", "user_ada", []]);
    }
    expect(ada.asked).toEqual(Array(3).fill(`GET ${KEYS}`));
  });

  it("with an expired access token redeems the refresh token, and keeps the new session", async () => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    const { kind, set } = await ada.visit("/");
    expect([kind, set]).toEqual(["signed-in", [expect.stringMatching(/^wos-session=eyJ/)]]);
    expect(ada.issuer.summary()).toBe("F1: g0 spent, g1 live");
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-in", set: [] });
  });

  it("of two that come together, each redeems the same token, and the second destroys the cookie", async () => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    const [one, other] = await Promise.all([ada.visit("/"), ada.visit("/")]);
    expect([one.kind, other.kind].sort()).toEqual(["signed-in", "signed-out"]);
    expect([one.set, other.set]).toContainEqual([DESTROYED]);
    expect(ada.asked.filter((request) => request === `POST ${TOKENS}`)).toHaveLength(2);
  });

  it.each(TROUBLES)("destroys the cookie and sends the person to AuthKit while the issuer %s: the session is lost", async (_, trouble) => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    ada.instead = { [TOKENS]: trouble };
    const { kind, set } = await patiently(ada.visit("/"));
    expect([kind, set]).toEqual(["signed-out", [DESTROYED]]);
    ada.instead = {};
    expect((await ada.visit("/")).kind).toBe("signed-out");
    expect(ada.issuer.summary()).toBe("F1: g0 live");
  });

  it("with a fresh access token redeems the refresh token where the key set cannot be had", async () => {
    await ada.signIn();
    ada.instead = { [KEYS]: () => new Response("down", { status: 503 }) };
    expect((await ada.visit("/")).kind).toBe("signed-in");
    expect(ada.issuer.summary()).toBe("F1: g0 spent, g1 live");
  });
});

describe("signing out", () => {
  it("destroys the cookie, and goes to the issuer, which ends the session", async () => {
    await ada.signIn();
    const { status, location, set } = await ada.visit("/logout", "POST");
    expect([status, set]).toEqual([302, [DESTROYED]]);
    await ada.issuer.send(location ?? "");
    expect(ada.issuer.summary()).toBe("F1 ended (user)");
  });

  it("is an error on an isolate that has served nothing else before", async () => {
    await ada.signIn();
    await ada.restart();
    expect(await ada.visit("/logout", "POST")).toMatchObject({ status: 500, set: [] });
    expect((await ada.visit("/")).kind).toBe("signed-in");
    expect(await ada.visit("/logout", "POST")).toMatchObject({ status: 302, set: [DESTROYED] });
  });
});

it.each([
  [200, {}, "signed-in"],
  [302, { location: `${AUTHKIT}?client_id=x` }, "signed-out"],
  [302, { location: "/" }, "other"],
  [302, { location: `${APP}/inbox` }, "other"],
  [500, {}, "other"],
])("the target classifies %i %j as %s", (status, headers, kind) => {
  expect(target.classify({ status, headers: new Headers(headers as Record<string, string>), body: "" })).toBe(kind);
});
