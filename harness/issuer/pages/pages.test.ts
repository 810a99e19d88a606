import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { CALLBACK, CLIENT_ID } from "../issuer.testing.ts";
import { type Answer, type Fields, type OidcBench, oidcBench, request, search, WEB } from "../oidc/oidc.testing.ts";
import type { IssuerOptions } from "../options.ts";
import { html } from "./html.ts";

const PASSWORD = "correct horse battery staple";
const people: Partial<IssuerOptions> = {
  users: [
    { id: "user_ada", email: "ada@example.test", firstName: "Ada", lastName: "Lovelace", password: PASSWORD },
    { id: "user_ben", email: "ben@example.test", firstName: "Ben", lastName: "<b>Bitdiddle</b>" },
  ],
  organizations: [
    { id: "org_1", slug: "one", name: "One & Co" },
    { id: "org_2", slug: "two", name: "Two" },
  ],
  memberships: [
    { userId: "user_ada", organizationId: "org_1", role: "admin" },
    { userId: "user_ada", organizationId: "org_2", role: "member" },
    { userId: "user_ben", organizationId: "org_2", role: "member" },
  ],
};

/** A browser at the issuer: it keeps cookies and presses buttons of the page that it shows. */
function browser(world: OidcBench) {
  const jar = new Map<string, string>();
  let page: Answer;

  async function go(path: string, init: RequestInit = {}): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    page = await world.ask(path, { ...init, headers: { ...init.headers, cookie, accept: "text/html" } });
    for (const line of page.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return page.location?.pathname.startsWith("/interaction/") ? go(page.location.pathname) : page;
  }
  return {
    jar,
    go,
    workos: (query: Fields = {}) =>
      go(`/user_management/authorize?${search({ client_id: CLIENT_ID, redirect_uri: CALLBACK, response_type: "code", ...query })}`),
    oidc: (query: Fields = {}) => go(`/oauth2/authorize?${search(request({ login_hint: null, ...query }))}`),
    press: (fields: Fields) => go(address(page), { method: "POST", body: search(fields) }),
    page: () => page,
  };
}

const address = ({ text }: Answer) => /action="([^"]+)"/.exec(text)?.[1] ?? "no form";
const said = ({ text }: Answer) => /role="alert">([^<]+)</.exec(text)?.[1];
const heading = ({ text }: Answer) => /<h1[^>]*>([^<]+)</.exec(text)?.[1];

async function organizationOf(world: OidcBench, { parameters }: Answer): Promise<string | undefined> {
  const { body } = await world.authenticate({ grant_type: "authorization_code", code: parameters.code });
  return body.organization_id;
}

describe("the sign-in page", () => {
  test("lists who there is, loads nothing, stands in no frame and is not kept", async () => {
    const page = await browser(oidcBench(people)).workos();
    expect([page.status, heading(page)]).toEqual([200, "Sign in"]);
    expect(page.text).toContain('value="user_ben">Ben &lt;b&gt;Bitdiddle&lt;/b&gt;<small>ben@example.test');
    expect(page.text).not.toMatch(/<script|<link|<img| src=| on\w+=/);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect([page.headers.get("cache-control"), page.headers.get("content-type")]).toEqual(["no-store", "text/html; charset=utf-8"]);
    expect(page.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^holdfast_interaction=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
  });

  test("signs in with one press, whatever the provider, in the only organization there is", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.workos({ provider: "GoogleOAuth", state: "s1" });
    const back = await visitor.press({ user: "user_ben" });
    expect([back.status, back.parameters.state]).toEqual([303, "s1"]);
    expect(await organizationOf(world, back)).toBe("org_2");
  });

  test.each([
    ["the password", PASSWORD],
    ["the one-time code", "424242"],
  ])("signs in with an email and %s", async (_, secret) => {
    const visitor = browser(oidcBench(people));
    await visitor.oidc();
    const back = await visitor.press({ action: "sign-in", email: "ADA@example.test", secret });
    expect([back.status, Object.keys(back.parameters)]).toEqual([303, ["code", "state", "iss"]]);
  });

  test.each([
    ["a wrong password", { email: "ada@example.test", secret: "wrong" }],
    ["a password for somebody who has none", { email: "ben@example.test", secret: PASSWORD }],
    ["nobody's email", { email: "eve@example.test", secret: "424242" }],
    ["nothing", { email: null, secret: null }],
  ])("does not sign in with %s, and says the same each time", async (_, fields) => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.oidc();
    const page = await visitor.press({ action: "sign-in", ...fields });
    expect([page.status, said(page)]).toEqual([400, "There is nobody with this email and this password or code."]);
    expect(page.text).not.toContain(`value="${fields.secret}"`);
    expect(visitor.jar.has("holdfast_issuer")).toBe(false);
    expect((await visitor.press({ user: "user_ada" })).parameters.code).toBeDefined();
  });

  test("shows what was hinted, and who is not known gets an account", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    const page = await visitor.oidc({ login_hint: "eve@example.test", prompt: "create" });
    expect(page.text).toContain('value="eve@example.test"');
    expect(page.text).toContain("<details open>");
    const account = { action: "sign-up", email: "eve@example.test", first_name: "Eve", last_name: "Online", password: "pw" };
    const back = await visitor.press(account);
    const { id_token } = (await world.exchange(back.parameters.code ?? "")).body;
    expect(decodeJwt(id_token)).toMatchObject({ email: "eve@example.test", email_verified: false });

    const other = browser(world);
    await other.oidc();
    expect(said(await other.press(account))).toBe("Somebody has this email address already.");
    expect(said(await other.press({ ...account, email: "no email" }))).toContain("needs an email address");
    expect((await other.press({ action: "sign-in", email: account.email, secret: "pw" })).parameters.code).toBeDefined();
  });

  test("keeps the account form closed for whoever comes to sign in", async () => {
    expect((await browser(oidcBench(people)).workos({ screen_hint: "sign-in" })).text).toContain("<details>");
    expect((await browser(oidcBench(people)).workos({ screen_hint: "sign-up" })).text).toContain("<details open>");
  });

  test("sends whoever cancels back with access_denied, on both surfaces", async () => {
    const visitor = browser(oidcBench(people));
    await visitor.workos({ state: "s1" });
    expect((await visitor.press({ action: "cancel" })).parameters).toMatchObject({ error: "access_denied", state: "s1" });
    await visitor.oidc();
    const back = await visitor.press({ action: "cancel" });
    expect([back.status, back.parameters.error, back.parameters.iss]).toEqual([303, "access_denied", "https://api.workos.test"]);
  });

  test("is shown with prompt login and select_account although somebody is signed in", async () => {
    const visitor = browser(oidcBench(people));
    await visitor.oidc();
    await visitor.press({ user: "user_ada" });
    expect((await visitor.oidc()).parameters.code).toBeDefined();
    for (const prompt of ["login", "select_account"]) expect(heading(await visitor.oidc({ prompt }))).toBe("Sign in");
    expect(heading(await visitor.oidc({ prompt: "select_account", login_hint: "ada@example.test" }))).toBe("Sign in");
  });

  test("takes nobody else where an id_token_hint names somebody", async () => {
    const world = oidcBench(people);
    const { id_token } = await world.tokens();
    const visitor = browser(world);
    await visitor.oidc({ id_token_hint: id_token });
    expect(said(await visitor.press({ user: "user_ben" }))).toBe("The app expects ada@example.test to sign in.");
    expect((await visitor.press({ user: "user_ada" })).parameters.code).toBeDefined();
  });
});

describe("an organization", () => {
  test("is asked for where there are several", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.workos();
    const page = await visitor.press({ user: "user_ada" });
    expect([heading(page), page.text.includes("One &amp; Co")]).toEqual(["Which organization?", true]);
    expect(await organizationOf(world, await visitor.press({ organization: "org_2" }))).toBe("org_2");
  });

  test("is not asked for where the app names one, and has to have the person", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.workos({ organization_id: "org_1" });
    expect(said(await visitor.press({ user: "user_ben" }))).toContain("is no member of One &amp; Co, which the app asks for.");
    expect(await organizationOf(world, await visitor.press({ user: "user_ada" }))).toBe("org_1");
    // Signed in, and a member of the other one too: no page.
    expect(await organizationOf(world, await visitor.workos({ organization_id: "org_2" }))).toBe("org_2");
  });

  test("cannot be one that the person is no member of", async () => {
    const visitor = browser(oidcBench(people));
    await visitor.workos();
    await visitor.press({ user: "user_ada" });
    expect(heading(await visitor.press({ organization: "org_3" }))).toBe("Which organization?");
  });

  test("stops prompt none where it would have to be chosen", async () => {
    const visitor = browser(oidcBench(people));
    await visitor.oidc();
    await visitor.press({ user: "user_ada" });
    expect((await visitor.workos({ prompt: "none" })).parameters.error).toBe("interaction_required");
  });
});

describe("consent", () => {
  const asking = { ...people, clients: [{ ...WEB, asksConsent: true }] };

  test("is asked once for the same scopes, and again for more", async () => {
    const visitor = browser(oidcBench(asking));
    await visitor.oidc({ scope: "openid email" });
    const page = await visitor.press({ user: "user_ada" });
    expect([heading(page), page.text.includes("See your email address")]).toEqual(["Allow web_app to", true]);
    expect((await visitor.press({ action: "allow" })).parameters.code).toBeDefined();
    expect((await visitor.oidc({ scope: "openid" })).parameters.code).toBeDefined();
    expect((await visitor.oidc({ scope: "openid profile", prompt: "none" })).parameters.error).toBe("consent_required");
    expect(heading(await visitor.oidc({ scope: "openid profile" }))).toBe("Allow web_app to");
    expect((await visitor.press({ action: "cancel" })).parameters.error).toBe("access_denied");
  });

  test("is asked of whom a hint signs in too", async () => {
    const visitor = browser(oidcBench(asking));
    expect(heading(await visitor.oidc({ login_hint: "ada@example.test" }))).toBe("Allow web_app to");
    expect((await visitor.press({ action: "allow" })).parameters.code).toBeDefined();
    expect((await visitor.oidc({ login_hint: "ada@example.test" })).parameters.code).toBeDefined();
  });

  test("is not taken before anybody has signed in", async () => {
    const visitor = browser(oidcBench(asking));
    await visitor.oidc();
    expect(heading(await visitor.press({ action: "allow" }))).toBe("Sign in");
  });

  test("is not asked unless the client wants it, or the request", async () => {
    const visitor = browser(oidcBench(people));
    await visitor.oidc();
    expect((await visitor.press({ user: "user_ada" })).parameters.code).toBeDefined();
    expect(heading(await visitor.oidc({ prompt: "consent" }))).toBe("Allow web_app to");
    expect((await visitor.press({ action: "allow" })).parameters.code).toBeDefined();
  });

  test("can be left to another account", async () => {
    const world = oidcBench(asking);
    const visitor = browser(world);
    await visitor.oidc();
    await visitor.press({ user: "user_ada" });
    expect(heading(await visitor.press({ action: "switch" }))).toBe("Sign in");
    await visitor.press({ user: "user_ben" });
    const back = await visitor.press({ action: "allow" });
    expect(decodeJwt((await world.exchange(back.parameters.code ?? "")).body.id_token).sub).toBe("user_ben");
  });
});

describe("a form", () => {
  test.each([
    ["without the cookie of the browser that was shown it", (jar: Map<string, string>) => jar.clear()],
    ["with another browser's cookie", (jar: Map<string, string>) => jar.set("holdfast_interaction", "x".repeat(32))],
  ])("does nothing %s", async (_, spoil) => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.oidc();
    spoil(visitor.jar);
    const page = await visitor.press({ user: "user_ada" });
    expect([page.status, page.location]).toEqual([403, null]);
    expect(visitor.jar.has("holdfast_issuer")).toBe(false);
  });

  test("works in two tabs of one browser", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    const first = await visitor.oidc({ state: "first" });
    await visitor.oidc({ state: "second" });
    expect((await visitor.press({ user: "user_ada" })).parameters.state).toBe("second");
    const back = await visitor.go(address(first), { method: "POST", body: search({ user: "user_ben" }) });
    expect(back.parameters.state).toBe("first");
  });

  test("works once, and for ten minutes", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    const page = await visitor.oidc();
    await visitor.press({ user: "user_ada" });
    expect((await visitor.go(address(page))).status).toBe(403);

    await visitor.oidc({ prompt: "login" });
    expect(world.issuer.deadlines()).toContain(world.now() + 600_000);
    world.advance(600_000);
    expect((await visitor.press({ user: "user_ada" })).status).toBe(403);
  });

  test("with no button, an unknown person or another content type is a 400", async () => {
    const visitor = browser(oidcBench(people));
    const page = await visitor.oidc();
    expect(said(await visitor.press({ user: "user_eve" }))).toBe("There is no such person any more.");
    expect((await visitor.go(address(page), { method: "POST", body: "{}" })).status).toBe(400);
    expect((await visitor.go(address(page), { method: "POST", body: search({ x: "y" }) })).status).toBe(400);
  });

  test("asks for the sign-in again when the session was ended on the way", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.workos();
    await visitor.press({ user: "user_ada" });
    world.issuer.control.revoke({ user: "user_ada" }, "admin");
    expect(heading(await visitor.press({ organization: "org_1" }))).toBe("Sign in");
  });
});

describe("a WorkOS sign-in", () => {
  test("continues the browser's session under the same sid, until it is signed out", async () => {
    const world = oidcBench(people);
    const visitor = browser(world);
    await visitor.workos();
    const sid = async (back: Answer) => {
      const { body } = await world.authenticate({ grant_type: "authorization_code", code: back.parameters.code });
      return decodeJwt(body.access_token).sid;
    };
    const first = await sid(await visitor.press({ user: "user_ben" }));
    expect(await sid(await visitor.workos())).toBe(first);
    await visitor.go(`/user_management/sessions/logout?session_id=${first}`);
    expect(heading(await visitor.workos())).toBe("Sign in");
  });

  test("is approved at once by a login_hint, without a choice of organization", async () => {
    const world = oidcBench(people);
    const back = await browser(world).workos({ login_hint: "ada@example.test" });
    expect([back.status, await organizationOf(world, back)]).toEqual([302, undefined]);
  });

  test("takes the other parameters that the SDKs send", async () => {
    const query = { provider: "authkit", domain_hint: "example.test", max_age: "60", prompt: "login", login_hint: "ada@example.test" };
    expect((await browser(oidcBench(people)).workos(query)).parameters.code).toBeDefined();
  });

  test.each<[string, Fields]>([
    ["a max_age that is no number", { max_age: "soon" }],
    ["a prompt that contradicts itself", { prompt: "none login" }],
  ])("with %s is refused", async (_, query) => {
    expect((await browser(oidcBench(people)).workos(query)).body).toMatchObject({ error: "invalid_request" });
  });
});

test("of a thousand people on their way the one who began first is forgotten when another one comes", async () => {
  const world = oidcBench(people);
  const first = browser(world);
  await first.workos();
  const second = browser(world);
  await second.workos();
  for (let index = 0; index < 999; index++) await browser(world).workos();
  expect((await first.press({ user: "user_ben" })).status).toBe(403);
  expect((await second.press({ user: "user_ben" })).status).toBe(303);
});

test("html escapes what is filled in, and nothing that is a page already", () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const list = [html`<li>${evil}</li>`, html`<li>two</li>`];
  expect(html`<ul title="${evil}">${list}${null}</ul>`.text).toBe(
    '<ul title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"><li>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</li><li>two</li></ul>',
  );
});
