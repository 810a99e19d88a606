import { describe, expect, it } from "vitest";
import { CLIENT_ID, ORIGIN } from "../../issuer/issuer.testing.ts";
import { APP, LIFETIME, patiently, TROUBLES, visitsTo } from "../third-party.testing.ts";
import { loadAuthkitSession } from "./target.ts";

const target = await loadAuthkitSession();
const ada = visitsTo(target);

const TOKENS = "/user_management/authenticate";
const KEYS = `/sso/jwks/${CLIENT_ID}`;
const ATTRIBUTES = "Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax";

it("says which versions run, and how they are set up", () => {
  expect(target.about).toMatchObject({
    package: "@workos/authkit-session",
    version: "0.7.1",
    over: { "@workos-inc/node": "10.14.0" },
    configuration: { cookie: expect.stringContaining("wos-session") },
  });
});

describe("signing in", () => {
  it("goes to the issuer with the hint and PKCE, and keeps what it has to remember in a cookie", async () => {
    const { status, location, set } = await ada.visit("/login?login_hint=ada%40example.test");
    const url = new URL(location ?? "");
    expect([status, url.origin + url.pathname]).toEqual([302, `${ORIGIN}/user_management/authorize`]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ client_id: CLIENT_ID, redirect_uri: `${APP}/callback`, login_hint: "ada@example.test", code_challenge_method: "S256" },
    });
    expect(set).toEqual([expect.stringMatching(/^wos-auth-verifier-\w+=Fe26\./)]);
    expect(ada.asked).toEqual([]);
  });

  it("ends with a redirect to the page, a sealed cookie, and without the other one", async () => {
    const { status, location, set } = await ada.signIn();
    expect([status, location]).toEqual([302, "/"]);
    expect(set).toEqual([expect.stringMatching(/^wos-session=Fe26\./), expect.stringMatching(/^wos-auth-verifier-\w+=;/)]);
    expect(set[0]?.slice(set[0].indexOf("; ") + 2)).toBe(ATTRIBUTES);
    expect([...ada.jar.keys()]).toEqual(["wos-session"]);
  });

  it("fails for a callback that this browser did not ask for", async () => {
    await expect(ada.visit(`/callback?code=${await ada.issuer.code()}&state=mine`)).rejects.toThrow("could not be verified");
  });
});

describe("a page", () => {
  it("without a cookie sends the person to sign in, and asks nobody", async () => {
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", location: "/login", set: [] });
    expect(ada.asked).toEqual([]);
  });

  it("with a fresh access token shows the user, and fetches the issuer's keys once for all pages of an isolate", async () => {
    await ada.signIn();
    for (let page = 0; page < 3; page++) {
      const { kind, body, set } = await ada.visit("/");
      expect([kind, JSON.parse(body), set]).toEqual(["signed-in", { user: "user_ada" }, []]);
    }
    expect(ada.asked).toEqual([`GET ${KEYS}`]);
  });

  it("with an expired access token redeems the refresh token, and keeps the new session", async () => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    const { kind, set } = await ada.visit("/");
    expect([kind, set]).toEqual(["signed-in", [expect.stringMatching(/^wos-session=Fe26\./)]]);
    expect(ada.issuer.summary()).toBe("F1: g0 spent, g1 live");
    ada.asked.length = 0;
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-in", set: [] });
    expect(ada.asked).toEqual([]);
  });

  it("of two that come together, the second waits for the refresh of the first", async () => {
    await ada.signIn();
    ada.pass(LIFETIME + 1_000);
    const kinds = (await Promise.all([ada.visit("/"), ada.visit("/")])).map(({ kind }) => kind);
    expect(kinds).toEqual(["signed-in", "signed-in"]);
    expect(ada.asked.filter((request) => request === `POST ${TOKENS}`)).toHaveLength(1);
  });

  it("that comes with a spent refresh token sends the person to sign in, and leaves the cookie where it is", async () => {
    await ada.signIn();
    const old = new Map(ada.jar);
    ada.pass(LIFETIME + 1_000);
    await ada.visit("/");
    ada.jar.set("wos-session", old.get("wos-session") ?? "");
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", location: "/login", set: [] });
  });

  it.each(TROUBLES)(
    "sends the person to sign in, and leaves the cookie, while the issuer %s; afterwards all is well",
    async (_, trouble) => {
      await ada.signIn();
      ada.pass(LIFETIME + 1_000);
      ada.instead = { [TOKENS]: trouble };
      expect(await patiently(ada.visit("/"))).toMatchObject({ kind: "signed-out", location: "/login", set: [] });
      ada.instead = {};
      expect((await ada.visit("/")).kind).toBe("signed-in");
    },
  );

  it("with a fresh access token redeems the refresh token where the key set cannot be had", async () => {
    await ada.signIn();
    ada.instead = { [KEYS]: () => new Response("down", { status: 503 }) };
    expect((await ada.visit("/")).kind).toBe("signed-in");
    expect(ada.issuer.summary()).toBe("F1: g0 spent, g1 live");
  });

  it("with a cookie that was sealed with another password sends the person to sign in, and leaves it", async () => {
    await ada.signIn();
    await ada.restart("quite-another-password-of-at-least-thirty-two");
    expect(await ada.visit("/")).toMatchObject({ kind: "signed-out", set: [] });
    expect(ada.asked).toEqual([]);
  });
});

describe("signing out", () => {
  it("clears the cookie, and goes to the issuer, which ends the session", async () => {
    await ada.signIn();
    const { status, location, set } = await ada.visit("/logout", "POST");
    expect([status, set]).toEqual([302, [expect.stringMatching(/^wos-session=; .*Max-Age=0/)]]);
    await ada.issuer.send(location ?? "");
    expect(ada.issuer.summary()).toBe("F1 ended (user)");
    expect((await ada.visit("/")).kind).toBe("signed-out");
  });

  it("sends whoever is not signed in to sign in", async () => {
    expect(await ada.visit("/logout", "POST")).toMatchObject({ kind: "signed-out", set: [] });
  });
});

describe("the target", () => {
  it.each([
    [200, {}, "signed-in"],
    [302, { location: "/login" }, "signed-out"],
    [302, { location: "/" }, "other"],
    [500, {}, "other"],
  ])("classifies %i %j as %s", (status, headers, kind) => {
    expect(target.classify({ status, headers: new Headers(headers as Record<string, string>), body: "" })).toBe(kind);
  });

  it("gives each isolate module state of its own: each fetches the keys for itself", async () => {
    await ada.signIn();
    for (let isolate = 0; isolate < 2; isolate++) {
      await ada.restart();
      expect((await ada.visit("/")).kind).toBe("signed-in");
    }
    expect(ada.asked).toEqual([`GET ${KEYS}`, `GET ${KEYS}`]);
  });
});
