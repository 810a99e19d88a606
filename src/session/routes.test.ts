import { beforeEach, describe, expect, test } from "vitest";
import { createSessionCookie } from "./cookie.ts";
import { canonicalLocation } from "./origin.ts";
import { ledger } from "./refresh/ledger.ts";
import { serverSession } from "./refresh/server-session.ts";
import { singleFlight } from "./refresh/single-flight.ts";
import { createSeal } from "./seal.ts";
import {
  applied,
  CLIENT,
  createSigner,
  createTestSession,
  createWorld,
  ISSUER,
  json,
  PASSWORD,
  SECRET,
  START,
  sessionOf,
  type World,
} from "./session.testing.ts";
import type { Session, SessionOptions } from "./session.ts";
import { referenceTo } from "./session-data.ts";
import { createMemoryStore } from "./store/memory.ts";
import type { Store } from "./store/store.ts";

const OWN = "https://app.test";
const signer = await createSigner();
const seal = createSeal([PASSWORD]);
const cookies = createSessionCookie({ seal, now: () => START });
const accessToken = await signer.sign({ org_id: "org_1" });
const data = sessionOf({ accessToken, organizationId: "org_1" });
const held = applied(await cookies.seal(data));

let world: World;
let store: Store;
let session: Session;
beforeEach(() => {
  world = createWorld();
  world.reply = () => json(200, {});
  store = createMemoryStore(world.ports);
  session = open();
});

function open(options: Partial<SessionOptions> = {}): Session {
  return createTestSession(world, signer.jwks, { store, strategy: ledger, ...options });
}

async function ask(route: string, headers: Record<string, string> = {}): Promise<Response> {
  const [method = "", path = ""] = route.split(" ");
  const response = await session.routes(new Request(path.startsWith("http") ? path : OWN + path, { method, headers }));
  if (response === null) throw new Error(`${route} is nobody's`);
  return response;
}

async function errorOf(response: Response): Promise<unknown[]> {
  const { error } = await response.json();
  return [response.status, error.code];
}

describe("the routes", () => {
  test("leave every other path alone", async () => {
    expect(await session.routes(new Request(`${OWN}/`))).toBeNull();
    expect(await session.routes(new Request(`${OWN}/login/x`))).toBeNull();
  });

  test.each([
    ["POST /login", "GET"],
    ["POST /callback", "GET"],
    ["DELETE /session", "GET, POST"],
    ["PUT /logout", "POST, GET"],
  ])("say which methods they take: %s is not one of %s", async (route, allow) => {
    const response = await ask(route);
    expect(response.headers.get("allow")).toBe(allow);
    expect(await errorOf(response)).toEqual([405, "method_not_allowed"]);
  });
});

describe("an error", () => {
  test.each([
    ["GET /session", {}, "sign in first: no_cookie"],
    ["GET /session", { cookie: held, upgrade: "websocket" }, "the session lives; renew it and come again"],
    ["POST /session", {}, "expected a request of the app's own pages"],
    ["PUT /session", {}, "PUT /session is not offered"],
  ])("says what to do, as JSON: %s", async (route, headers, message) => {
    world.now = START + 300_000;
    const response = await ask(route, headers);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect((await response.json()).error.message).toBe(message);
  });
});

describe("GET /login", () => {
  test("is not now while the issuer's pages cannot be found", async () => {
    const issuer = { issuers: [ISSUER], clientId: CLIENT, clientSecret: SECRET, jwks: signer.jwks };
    session = open({ issuer: { ...issuer, protocol: "oidc", issuer: "https://login.test" } });
    const response = await ask("GET /login");
    expect(await errorOf(response)).toEqual([503, "unavailable"]);
    expect([response.headers.get("retry-after"), response.headers.get("location")]).toEqual(["5", null]);
  });

  test("goes to the issuer with what it was given", async () => {
    const response = await ask("GET /login?login_hint=ada%40example.test&organization_id=org_1&return_to=/x");
    expect(response.status).toBe(302);
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect([searchParams.get("login_hint"), searchParams.get("organization_id")]).toEqual(["ada@example.test", "org_1"]);
    expect(response.headers.get("set-cookie")).toContain("__Host-holdfast-sign-in.");
  });

  test("takes a blank parameter for none", async () => {
    const response = await ask("GET /login?login_hint=&organization_id=&return_to=");
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect([searchParams.has("login_hint"), searchParams.has("organization_id")]).toEqual([false, false]);
  });

  test("leaves the newest eight sign-ins in the browser, however often it is asked: servers refuse a header that only grows", async () => {
    let cookie = held;
    const states: string[] = [];
    for (let count = 0; count < 20; count++) {
      const response = await ask("GET /login", { cookie });
      states.push(new URL(response.headers.get("location") ?? "").searchParams.get("state") ?? "");
      cookie = applied(response.headers.getSetCookie(), cookie);
    }
    const names = cookie.split("; ").map((pair) => pair.slice(0, pair.indexOf("=")));
    expect(names.filter((name) => name.startsWith("__Host-holdfast-sign-in."))).toEqual(
      states.slice(-8).map((state) => `__Host-holdfast-sign-in.${state}`),
    );
    expect(cookie.startsWith(held)).toBe(true);
  });

  test("removes no cookie whose name only begins like one of its own", async () => {
    const states = Array.from({ length: 9 }, (_, index) => [`${index}`, `${index}${"a".repeat(22)}`, `${index}${"a".repeat(20)}.`]);
    const others = states
      .flat()
      .map((state) => `__Host-holdfast-sign-in.${state}=x`)
      .join("; ");
    expect(applied((await ask("GET /login", { cookie: others })).headers.getSetCookie(), others)).toContain(others);
  });

  test("on another name of this machine goes to the right one first", async () => {
    session = open({ redirectUri: "http://localhost:3000/callback" });
    const response = await ask("GET http://127.0.0.1:3000/login?return_to=/x");
    expect([response.status, response.headers.get("location")]).toEqual([307, "http://localhost:3000/login?return_to=/x"]);
    expect((await ask("GET http://localhost:3000/login")).status).toBe(302);
  });

  test.each([
    ["http://127.0.0.1:3000/a?b=1", "http://localhost:3000/callback", "http://localhost:3000/a?b=1"],
    ["http://127.8.9.10:3000/", "http://localhost:3000/callback", "http://localhost:3000/"],
    ["http://[::1]:3000/", "http://127.0.0.1:3000/callback", "http://127.0.0.1:3000/"],
    ["http://app.localhost:3000/", "http://localhost:3000/callback", "http://localhost:3000/"],
    ["http://localhost:3000/", "http://localhost:3000/callback", null],
    ["http://127.0.0.1:4000/", "http://localhost:3000/callback", null],
    ["http://evil.test:3000/", "http://localhost:3000/callback", null],
    ["http://127.0.0.1.evil.test:3000/", "http://localhost:3000/callback", null],
    ["http://notlocalhost:3000/", "http://localhost:3000/callback", null],
    ["http://localhost:3000/", "https://app.test:3000/callback", null],
  ])("%s beside %s is meant for %j", (url, canonical, expected) => {
    expect(canonicalLocation(url, canonical)).toBe(expected);
  });
});

describe("GET /callback", () => {
  async function back(): Promise<{ path: string; cookie: string }> {
    const start = await ask("GET /login?return_to=/projects");
    const state = new URL(start.headers.get("location") ?? "").searchParams.get("state");
    return { path: `GET /callback?code=code_1&state=${state}`, cookie: applied(start.headers.getSetCookie()) };
  }

  test("ends where it was told, signed in", async () => {
    const { path, cookie } = await back();
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_0" });
    const response = await ask(path, { cookie });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/projects"]);
    expect(response.headers.getSetCookie().join()).toContain("__Host-holdfast-session.");
  });

  test.each([
    [500, "issuer_misconfigured", () => json(401, { error: "invalid_client" })],
    [502, "issuer_rejected", () => json(400, { error: "invalid_grant" })],
    [503, "unavailable", () => json(500, {})],
  ])("answers %d %s", async (status, code, reply) => {
    const { path, cookie } = await back();
    world.reply = reply;
    const response = await ask(path, { cookie });
    expect(await errorOf(response)).toEqual([status, code]);
    if (status === 503) expect([response.headers.get("retry-after"), response.headers.get("cache-control")]).toEqual(["5", "no-store"]);
  });

  test("answers 400 without the cookie of this sign-in", async () => {
    expect(await errorOf(await ask((await back()).path))).toEqual([400, "sign_in_refused"]);
  });
});

describe("GET /session", () => {
  test("tells who is signed in, and nobody keeps the answer", async () => {
    const response = await ask("GET /session", { cookie: held });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(await response.json()).toEqual({
      user_id: "user_ada",
      session_id: "session_1",
      organization_id: "org_1",
      expires_at: START / 1000 + 300,
      stale: false,
      sign_out_token: expect.any(String),
    });
    expect(world.calls).toEqual([]);
  });

  test("says not now, renew, and sign in, each by its own status", async () => {
    expect(await errorOf(await ask("GET /session"))).toEqual([401, "not_authenticated"]);
    world.now = START + 300_000;
    world.reply = () => json(429, {}, { "retry-after": "9" });
    const later = await ask("GET /session", { cookie: held });
    expect(await errorOf(later)).toEqual([503, "unavailable"]);
    expect(later.headers.get("retry-after")).toBe("9");
    const upgrade = await ask("GET /session", { cookie: held, upgrade: "websocket" });
    expect(upgrade.headers.get("cache-control")).toBe("no-store");
    expect(await errorOf(upgrade)).toEqual([401, "session_stale"]);
    expect(await errorOf(await ask("GET /session", { cookie: held, "sec-purpose": "prefetch" }))).toEqual([503, "session_stale"]);
  });
});

describe("POST /session", () => {
  const own = { cookie: held, origin: OWN };

  test("renews although nothing is due, and the browser gets the next generation", async () => {
    const next = await signer.sign({ exp: START / 1000 + 900 });
    world.reply = () => json(200, { access_token: next, refresh_token: "rt_1" });
    const response = await ask("POST /session", own);
    expect(await response.json()).toMatchObject({ expires_at: START / 1000 + 900, stale: false, organization_id: null });
    expect(applied(response.headers.getSetCookie(), held)).toMatch(/^__Host-holdfast-session\.key_ada_\.1\.0=[^;]+$/);
    expect(world.calls).toMatchObject([{ grant_type: "refresh_token", refresh_token: "rt_0" }]);
    expect(world.calls[0]).not.toHaveProperty("organization_id");
  });

  test("switches the organization", async () => {
    const next = await signer.sign({ org_id: "org_2" });
    world.reply = () => json(200, { access_token: next, refresh_token: "rt_1" });
    const response = await ask("POST /session?organization_id=org_2", own);
    expect(await response.json()).toMatchObject({ organization_id: "org_2" });
    expect(world.calls).toMatchObject([{ organization_id: "org_2" }]);
  });

  test.each([
    ["unavailable", () => json(429, {})],
    ["rejected", () => json(400, { error: "invalid_grant" })],
  ])("says stale when the issuer is %s and the token still holds", async (_, reply) => {
    world.reply = reply;
    expect(await (await ask("POST /session", own)).json()).toMatchObject({ stale: true, expires_at: START / 1000 + 300 });
  });

  test.each([
    [{}],
    [{ origin: "https://evil.test" }],
    [{ origin: "null", "sec-fetch-site": "same-origin" }],
    [{ "sec-fetch-site": "same-site" }],
  ])("is for the app's own pages: %j", async (headers) => {
    expect(await errorOf(await ask("POST /session", { cookie: held, ...headers }))).toEqual([403, "foreign_origin"]);
    expect(world.calls).toEqual([]);
  });

  test("takes a blank organization for none, and rotates once", async () => {
    const fresh = await signer.sign({ iat: START / 1000 + 1 });
    world.reply = () => json(200, { access_token: fresh, refresh_token: "rt_1" });
    expect((await ask("POST /session?organization_id=", { cookie: held, origin: OWN })).status).toBe(200);
    expect(world.calls).toHaveLength(1);
    expect(world.calls[0]).not.toHaveProperty("organization_id");
  });

  test("takes Sec-Fetch-Site where there is no Origin", async () => {
    expect((await ask("POST /session", { cookie: held, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });
});

describe("an upgrade", () => {
  test.each([
    [{}, "signed-in"],
    [{ origin: OWN }, "signed-in"],
    [{ origin: "https://other.app.test" }, "signed-out"],
  ])("from %j is %s", async (headers, kind) => {
    const who = await session.authenticate(new Request(`${OWN}/live`, { headers: { cookie: held, upgrade: "websocket", ...headers } }));
    expect(who.kind).toBe(kind);
    if (who.kind === "signed-out") expect(who.reason).toBe("foreign_origin");
  });

  test("other requests of other origins are not its business", async () => {
    const who = await session.authenticate(new Request(`${OWN}/`, { headers: { cookie: held, origin: "https://other.app.test" } }));
    expect(who.kind).toBe("signed-in");
  });
});

describe("signing out", () => {
  const logoutUrl = "https://api.workos.test/user_management/sessions/logout?session_id=session_1&return_to=https%3A%2F%2Fapp.test%2F";

  test("POST /logout ends the session here and at the issuer, and clears every cookie", async () => {
    const response = await ask("POST /logout", { cookie: held, origin: OWN });
    expect([response.status, response.headers.get("location")]).toEqual([303, logoutUrl]);
    expect(applied(response.headers.getSetCookie(), held)).toBe("");
    expect(world.calls).toEqual([{ session_id: "session_1" }]);
    expect(await errorOf(await ask("GET /session", { cookie: held }))).toEqual([401, "not_authenticated"]);
  });

  test.each([
    ["ledger", ledger],
    ["single-flight", singleFlight],
  ])("leaves nothing with which the callback's address would sign in again: %s", async (_, strategy) => {
    session = open({ strategy });
    const start = await ask("GET /login", { cookie: "theme=dark" });
    const state = new URL(start.headers.get("location") ?? "").searchParams.get("state");
    const path = `GET /callback?code=code_1&state=${state}`;
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_0" });
    const signedIn = await ask(path, { cookie: applied(start.headers.getSetCookie(), "theme=dark") });
    const before = applied(signedIn.headers.getSetCookie(), "theme=dark");
    const out = await ask("POST /logout", { cookie: before, origin: OWN });
    const after = applied(out.headers.getSetCookie(), before);
    expect(after).toBe("theme=dark");
    expect(await errorOf(await ask(path, { cookie: after }))).toEqual([400, "sign_in_refused"]);
  });

  test("ends every session of the browser, and only the latest has a page at the issuer", async () => {
    const earlier = sessionOf({ key: "earlier1", startedAt: START - 1, sessionId: "session_0" });
    const both = `${held}; ${applied(await cookies.seal(earlier))}`;
    const response = await ask("POST /logout", { cookie: both, origin: OWN });
    expect(response.headers.get("location")).toBe(logoutUrl);
    expect(applied(response.headers.getSetCookie(), both)).toBe("");
    expect(world.calls).toEqual([{ session_id: "session_1" }, { session_id: "session_0" }]);
  });

  test("knows the issuer's session also where the browser has no tokens", async () => {
    session = open({ strategy: serverSession });
    const thin = applied(await cookies.seal(referenceTo(data)));
    expect((await ask("POST /logout", { cookie: thin, origin: OWN })).headers.get("location")).toBe(`${OWN}/`);
    const start = await ask("GET /login");
    const state = new URL(start.headers.get("location") ?? "").searchParams.get("state");
    world.reply = () => json(200, { access_token: accessToken, refresh_token: "rt_0" });
    const signedIn = await ask(`GET /callback?code=code_1&state=${state}`, { cookie: applied(start.headers.getSetCookie()) });
    const cookie = applied(signedIn.headers.getSetCookie());
    expect((await ask("POST /logout", { cookie, origin: OWN })).headers.get("location")).toBe(logoutUrl);
    expect(world.calls.at(-1)).toEqual({ session_id: "session_1" });
  });

  test.each([
    ["no cookie", ""],
    ["an unreadable one", "__Host-holdfast-session.key_ada_.0.0=1~x"],
  ])("with %s clears what is there and goes straight on", async (_, cookie) => {
    const response = await ask("POST /logout", { cookie, origin: OWN });
    expect([response.status, response.headers.get("location")]).toEqual([303, `${OWN}/`]);
    expect(applied(response.headers.getSetCookie(), cookie)).toBe("");
  });

  test("that cannot be stored is not now, and the cookie stays", async () => {
    session = open({ store: { ...store, read: () => Promise.reject(new Error("down")) } });
    const response = await ask("POST /logout", { cookie: held, origin: OWN });
    expect(await errorOf(response)).toEqual([503, "unavailable"]);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get("retry-after")).toBe("5");
  });

  test("POST /logout of another origin changes nothing", async () => {
    expect(await errorOf(await ask("POST /logout", { cookie: held, origin: "https://evil.test" }))).toEqual([403, "foreign_origin"]);
    expect((await ask("GET /session", { cookie: held })).status).toBe(200);
  });

  test("GET /logout asks first, on a page that nobody can lay under another", async () => {
    const response = await ask("GET /logout", { cookie: held });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("frame-ancestors 'none'");
    // The form leads on to the issuer, and Chromium holds form-action against that too.
    expect(policy).not.toContain("form-action");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toContain('<form method="post" action="/logout">');
    expect((await ask("GET /session", { cookie: held })).status).toBe(200);
  });

  async function token(cookie = held): Promise<string> {
    return (await (await ask("GET /session", { cookie })).json()).sign_out_token;
  }

  test.each([
    ["ledger", ledger],
    ["single-flight", singleFlight],
  ])("GET /logout with the session's token signs out, once, on any isolate and whoever still has the cookie: %s", async (_, strategy) => {
    session = open({ strategy });
    const path = `GET /logout?token=${await token()}`;
    expect((await ask(path, { cookie: held })).headers.get("location")).toBe(logoutUrl);
    const told = world.calls.length;
    session = open({ strategy });
    for (const cookie of [held, ""]) {
      const again = await ask(path, { cookie });
      expect([again.status, again.headers.getSetCookie()]).toEqual([200, []]);
    }
    expect(world.calls).toHaveLength(told);
  });

  test("and leaves the next session of the same browser alone", async () => {
    const path = `GET /logout?token=${await token()}`;
    await ask(path, { cookie: held });
    const next = applied(await cookies.seal(sessionOf({ key: "next_one", accessToken, startedAt: START + 1 })));
    expect((await ask(path, { cookie: next })).status).toBe(200);
    expect((await ask("GET /session", { cookie: next })).status).toBe(200);
  });

  test("each time anew: the tokens of two pages are two, and both work until the session has ended", async () => {
    const [one, two] = [await token(), await token()];
    expect(one).not.toBe(two);
    const other = applied(await cookies.seal(sessionOf({ key: "another1", accessToken })));
    // Shown with another session's cookie it is not used up.
    await ask(`GET /logout?token=${two}`, { cookie: other });
    expect((await ask(`GET /logout?token=${two}`, { cookie: held })).status).toBe(303);
  });

  test("and not without the store, which alone knows whether it was used", async () => {
    const path = `GET /logout?token=${await token()}`;
    session = open({ store: { ...store, compareAndSet: () => Promise.reject(new Error("down")) } });
    const response = await ask(path, { cookie: held });
    expect(await errorOf(response)).toEqual([503, "unavailable"]);
    expect([response.headers.get("retry-after"), response.headers.getSetCookie()]).toEqual(["5", []]);
  });

  test("and asks when the token is of another session, too old, made up, or without a session", async () => {
    const genuine = await token();
    const other = applied(await cookies.seal(sessionOf({ key: "another1", accessToken })));
    for (const [given, cookie] of [
      [genuine, other],
      ["made-up", held],
      [await seal.seal(JSON.stringify({ key: data.key })), held],
      [genuine, ""],
    ]) {
      expect((await ask(`GET /logout?token=${given}`, { cookie: cookie ?? "" })).status).toBe(200);
    }
    world.now += 599_999;
    const late = open();
    world.now += 1;
    session = late;
    expect((await ask(`GET /logout?token=${genuine}`, { cookie: held })).status).toBe(200);
    world.now -= 1;
    expect((await ask(`GET /logout?token=${genuine}`, { cookie: held })).status).toBe(303);
  });
});
