import { beforeEach, describe, expect, test } from "vitest";
import { createMemoryProjectStore } from "../access/project-store.ts";
import {
  API_KEY,
  CLIENT,
  createSigner,
  createWorld,
  FakeRepository,
  ISSUER,
  json,
  START,
  type World,
} from "../callback/callback.testing.ts";
import { createStaticKeySet } from "../keys/static.ts";
import { RepositoryError } from "../repository/repository.ts";
import { applied, PASSWORD } from "../session/session.testing.ts";
import { createSession, type Session } from "../session/session.ts";
import { createMemoryStore } from "../session/store/memory.ts";
import { createApi } from "./api.ts";
import { type App, createApp } from "./app.ts";
import { createMemoryEventLog } from "./live/event-log.ts";
import type { ApiService } from "./provisioning.ts";

const ORIGIN = "https://app.test";
const signer = await createSigner();
const keys = createStaticKeySet(signer.jwks);
const down = () => new RepositoryError("unavailable", "the database cannot be reached: select 'ada@example.test'", 5);

let world: World;
let repository: FakeRepository;
let session: Session;
let app: App;
/** Claims of the tokens that the issuer gives out. */
let claims: Record<string, unknown>;
let email: string;

beforeEach(() => {
  world = createWorld();
  claims = {};
  email = "ada@example.test";
  world.reply = async (url) =>
    url.endsWith("/authenticate")
      ? json(200, { access_token: await signer.sign(claims), refresh_token: `rt_${world.requests.length}` })
      : json(200, { id: "user_ada", email });
  repository = new FakeRepository();
  const { ports } = world;
  session = createSession({
    ports,
    store: createMemoryStore(ports),
    issuer: { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: API_KEY, keys },
    redirectUri: `${ORIGIN}/callback`,
    afterSignOut: `${ORIGIN}/`,
    cookiePasswords: [PASSWORD],
  });
  app = open();
});

function open(origin = ORIGIN, service?: ApiService): App {
  const log = (entry: World["log"][number]) => world.log.push(entry);
  const api = createApi({
    ports: world.ports,
    keys,
    accept: { issuers: [ISSUER], clientId: CLIENT },
    workos: { origin: ISSUER, apiKey: API_KEY },
    repository,
    projectStore: createMemoryProjectStore(),
    log,
  });
  return createApp({
    ...{ origin, session, api: service ?? api, repository, ports: world.ports, log },
    events: createMemoryEventLog(),
    client: new Map([["main.js", "export {};"]]),
    issuerOrigins: [ISSUER, "https://*.authkit.test"],
  });
}

async function ask(route: string, cookie = "", headers: Record<string, string> = {}) {
  const [method = "", path = ""] = route.split(" ");
  const response = await app.fetch(
    new Request(`${ORIGIN}${path}`, { method, headers: { ...headers, ...(cookie === "" ? {} : { cookie }) } }),
  );
  const jar = applied(response.headers.getSetCookie(), cookie);
  return { status: response.status, headers: response.headers, html: await response.text(), jar };
}

const post = (path: string, cookie: string) => ask(`POST ${path}`, cookie, { origin: ORIGIN });

async function comeBack(path = "/") {
  const start = await ask(`GET /login?return_to=${encodeURIComponent(path)}`);
  const state = new URL(start.headers.get("location") ?? "").searchParams.get("state");
  return ask(`GET /callback?code=code_1&state=${state}`, start.jar);
}

describe("the home page", () => {
  test("offers the sign-in to whoever is signed out", async () => {
    const { status, headers, html } = await ask("GET /");
    expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([
      200,
      "text/html; charset=utf-8",
      "private, no-store",
    ]);
    expect(html).toContain("<h1>You are signed out</h1>");
    expect(html).toContain('<form class="stack" method="get" action="/login">');
    expect(html).toContain('name="login_hint"');
    expect(html).not.toContain("Sign out");
  });

  test("shows who is signed in, the workspace and its artifacts, and writes nothing", async () => {
    const { jar } = await comeBack();
    repository.artifacts = [{ id: "art_1", workspaceId: "ws_1", name: "report.pdf", createdAt: START }];
    const resolved = repository.resolved.length;
    const { status, html } = await ask("GET /", jar);
    expect(status).toBe(200);
    for (const shown of [
      "<h1>ada&#39;s Workspace</h1>",
      "ada@example.test",
      "report.pdf",
      "user_ada",
      "session_1",
      "2030-01-01 00:05:00 UTC",
    ]) {
      expect(html).toContain(shown);
    }
    expect(html).toContain('<form method="post" action="/logout">');
    expect(repository.resolved).toHaveLength(resolved);
  });

  test("says when there are more artifacts than it shows", async () => {
    const { jar } = await comeBack();
    expect((await ask("GET /", jar)).html).toContain("There are none yet.");
    repository.artifacts = Array.from({ length: 21 }, (_, n) => ({
      id: `art_${n}`,
      workspaceId: "ws_1",
      name: `n-${n}.`,
      createdAt: START,
    }));
    const { html } = await ask("GET /", jar);
    expect([html.includes("n-19."), html.includes("n-20."), html.includes("the newest 20")]).toEqual([true, false, true]);
  });

  test("escapes what people have named, in texts and in titles", async () => {
    email = `"><script>alert(1)</script>@example.test`;
    const { jar } = await comeBack();
    repository.artifacts = [{ id: "art_1", workspaceId: "ws_1", name: `<img src=x onerror="alert(2)">`, createdAt: START }];
    const { html } = await ask("GET /", jar);
    expect(html).not.toMatch(/<script>|<img/);
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(2)&quot;&gt;");
    expect(html).toMatch(/<title>&quot;&gt;&lt;script&gt;/);
  });

  test("renews an access token that is due, and the browser keeps the successor", async () => {
    const { jar } = await comeBack();
    world.now = START + 300_000;
    claims = { iat: world.now / 1000, exp: world.now / 1000 + 300 };
    const { html, headers, jar: next } = await ask("GET /", jar);
    expect(html).toContain("2030-01-01 00:10:00 UTC");
    expect(headers.getSetCookie().join()).toContain("__Host-holdfast-session.");
    expect(next).not.toBe(jar);
  });

  test("keeps the renewed session although the dashboard fails", async () => {
    const { jar } = await comeBack();
    world.now = START + 300_000;
    claims = { iat: world.now / 1000, exp: world.now / 1000 + 300 };
    repository.faults = [down()];
    const { status, headers, html } = await ask("GET /", jar);
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
    expect(headers.getSetCookie().join()).toContain("__Host-holdfast-session.");
    expect(html).toContain("You are still signed in.");
    expect(html).toContain("Sign out");
    expect(world.log).toEqual([{ event: "unavailable", dependency: "repository", said: "the repository is unavailable" }]);
  });

  test("answers 500 for a fault that has no name, and logs no message", async () => {
    const { jar } = await comeBack();
    repository.faults = [new TypeError("cannot read ada@example.test")];
    const { status, html } = await ask("GET /", jar);
    expect([status, html.includes("still signed in")]).toEqual([500, true]);
    expect(world.log).toEqual([{ event: "failed", error: "TypeError" }]);
  });

  test("takes nobody for signed out while the issuer is down", async () => {
    const { jar } = await comeBack();
    world.now = START + 300_000;
    world.reply = () => json(503, {}, { "retry-after": "9" });
    const { status, headers, html, jar: kept } = await ask("GET /", jar);
    expect([status, headers.get("retry-after"), headers.get("cache-control")]).toEqual([503, "9", "private, no-store"]);
    expect(html).toContain("You have not been signed out.");
    expect(kept).toBe(jar);
    expect(world.log).toEqual([{ event: "session", outcome: "unavailable", said: "the issuer answered 503" }]);
  });

  test("tells the log that the app's secret has drifted, and nothing that may name a person", async () => {
    const { jar } = await comeBack();
    world.now = START + 300_000;
    world.reply = () => json(401, { error: "invalid_client", error_description: "not for ada@example.test" });
    for (const { status } of [await ask("GET /", jar), await post("/workspace", jar)]) expect(status).toBe(503);
    const said = "invalid_client";
    expect(world.log).toEqual([
      { event: "session", outcome: "unavailable", said },
      { event: "session", outcome: "unavailable", said },
    ]);
  });

  test("does not renew for a prefetch, whose answer nobody may keep", async () => {
    const { jar } = await comeBack();
    world.now = START + 300_000;
    const asked = world.requests.length;
    const { status, headers } = await ask("GET /", jar, { "sec-purpose": "prefetch" });
    expect([status, headers.get("cache-control"), headers.getSetCookie()]).toEqual([503, "private, no-store", []]);
    expect(world.requests).toHaveLength(asked);
  });
});

describe("a sign-in", () => {
  test("tells the API, which provisions the member, and ends where it was told", async () => {
    const { status, headers } = await comeBack("/?from=mail");
    expect([status, headers.get("location")]).toEqual([302, "/?from=mail"]);
    expect(repository.resolved).toMatchObject([
      { workosUserId: "user_ada", email: "ada@example.test", idempotencyKey: "workos-jti:jti_1" },
    ]);
  });

  test("tells the API every time", async () => {
    await comeBack();
    claims = { jti: "jti_2", sid: "session_2" };
    await comeBack();
    expect(repository.resolved.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["workos-jti:jti_1", "workos-jti:jti_2"]);
  });

  test("succeeds although the repository is down, and is made up for on request", async () => {
    repository.faults = [down()];
    const { status, jar } = await comeBack();
    expect(status).toBe(302);
    const home = await ask("GET /", jar);
    expect(home.html).toContain("You have no workspace yet");
    repository.faults = [down()];
    const failed = await post("/workspace", jar);
    expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(failed.html).toContain("You are still signed in.");
    expect((await post("/workspace", jar)).html).toContain("hf_secret_1");
    expect((await ask("GET /", jar)).html).toContain("ada&#39;s Workspace");
  });

  test("succeeds although the API cannot be reached at all", async () => {
    app = open(ORIGIN, { fetch: () => Promise.reject(new TypeError("fetch failed: Bearer ey")) });
    const { status, jar } = await comeBack();
    expect(status).toBe(302);
    expect((await ask("GET /", jar)).html).toContain("You have no workspace yet");
    expect((await post("/workspace", jar)).status).toBe(503);
    expect(world.log).toEqual([
      { event: "failed", error: "TypeError" },
      { event: "failed", error: "TypeError" },
    ]);
  });

  test.each([
    [400, "found no such state", () => json(200, {}), "GET /callback?code=c&state=made-up", []],
    [400, "Expected a code from the issuer", () => json(200, {}), "&drop", []],
    [502, "Invalid_grant", () => json(400, { error: "invalid_grant" }), "", []],
    [500, "Invalid_client: ada@", () => json(401, { error: "invalid_client", error_description: "ada@" }), "", ["misconfigured"]],
    [503, "You could not be signed in", () => json(500, {}), "", ["unavailable"]],
  ])("that fails is answered %d with a page that says why, and logged where an operator can help", async (...all) => {
    const [status, said, reply, other, outcomes] = all;
    const start = await ask("GET /login");
    const state = new URL(start.headers.get("location") ?? "").searchParams.get("state");
    world.reply = reply;
    const path = other.startsWith("GET") ? other : `GET /callback?state=${state}${other === "" ? "&code=code_1" : ""}`;
    const { status: got, html, headers } = await ask(path, start.jar);
    expect([got, headers.has("retry-after")]).toEqual([status, status === 503]);
    expect(html).toContain(said);
    expect(html).toContain("<h1>You could not be signed in</h1>");
    expect(repository.resolved).toEqual([]);
    expect(world.log).toMatchObject(outcomes.map((outcome) => ({ event: "session", outcome })));
    expect(JSON.stringify(world.log)).not.toContain("ada@");
  });
});

describe("the secret of the first API key", () => {
  test("is shown when it is asked for after the first sign-in, stored by nobody, and is in no address and no log", async () => {
    const { jar } = await comeBack();
    expect((await ask("GET /", jar)).html).toContain("Show the API key");
    const { status, headers, html } = await post("/workspace", jar);
    expect([status, headers.get("cache-control")]).toEqual([200, "private, no-store"]);
    expect(html).toContain('<code class="secret">hf_secret_1</code>');
    expect(JSON.stringify([world.log, world.requests.map(({ url }) => url), [...headers]])).not.toContain("hf_secret");
  });

  test("is not shown after another sign-in, nor offered", async () => {
    await comeBack();
    world.now += 1_000;
    claims = { jti: "jti_2" };
    const { jar } = await comeBack();
    expect((await ask("GET /", jar)).html).not.toContain("Show the API key");
    expect((await post("/workspace", jar)).html).toContain("can no longer be shown");
  });

  test("is not for other sites' pages, nor for whoever is signed out", async () => {
    const { jar } = await comeBack();
    const resolved = repository.resolved.length;
    expect((await ask("POST /workspace", jar, { origin: "https://evil.test" })).status).toBe(403);
    expect((await ask("POST /workspace", jar)).status).toBe(403);
    expect((await post("/workspace", "")).status).toBe(401);
    expect(repository.resolved).toHaveLength(resolved);
    world.now = START + 300_000;
    world.reply = () => json(503, {});
    expect((await post("/workspace", jar)).status).toBe(503);
  });

  test("a token that the API refuses is no reason to try again", async () => {
    claims = { jti: undefined, sid: "session_1" };
    const { jar } = await comeBack();
    world.reply = () => json(404, {});
    const { status, headers, html } = await post("/workspace", jar);
    expect([status, headers.has("retry-after"), html.includes("could not be set up")]).toEqual([500, false, true]);
  });
});

describe("the sign-out", () => {
  test("ends the session and leads through the issuer to the home page", async () => {
    const { jar } = await comeBack();
    world.reply = () => json(200, {});
    const { status, headers, jar: left } = await post("/logout", jar);
    expect(status).toBe(303);
    expect(headers.get("location")).toBe(
      `${ISSUER}/user_management/sessions/logout?session_id=session_1&return_to=${encodeURIComponent(`${ORIGIN}/`)}`,
    );
    expect((await ask("GET /", left)).html).toContain("You are signed out");
    expect((await ask("GET /", jar)).html).toContain("You are signed out");
  });

  test("asks before it follows a link, and does not ask for a genuine token", async () => {
    const { jar } = await comeBack();
    world.reply = () => json(200, {});
    const asked = await ask("GET /logout", jar);
    expect([asked.status, asked.html.includes("Do you want to sign out?")]).toEqual([200, true]);
    const { sign_out_token: token } = JSON.parse((await ask("GET /session", jar)).html);
    expect((await ask(`GET /logout?token=${token}`, jar)).status).toBe(303);
  });
});

describe("everything else", () => {
  test("under /v1 is the API's", async () => {
    const { status, html, headers } = await ask("GET /v1/web/me");
    expect([status, headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(JSON.parse(html).error.code).toBe("not_authenticated");
    const authorization = `Bearer ${await signer.sign()}`;
    expect((await ask("POST /v1/auth/web/callback", "", { authorization })).status).toBe(200);
    expect(JSON.parse((await ask("GET /v1/nowhere")).html).error.code).toBe("not_found");
  });

  test("of the session's routes is there", async () => {
    const { jar } = await comeBack();
    expect(JSON.parse((await ask("GET /session", jar)).html)).toMatchObject({ user_id: "user_ada", stale: false });
    expect((await ask("PUT /session", jar)).status).toBe(405);
  });

  test.each(["GET /nowhere", "POST /"])("is no page: %s", async (route) => {
    const { status, html } = await ask(route);
    expect([status, html.includes("There is no such page")]).toEqual([404, true]);
  });

  test.each([
    ["GET /style.css", "text/css; charset=utf-8"],
    ["GET /icon.svg", "image/svg+xml"],
    ["GET /client/main.js", "text/javascript; charset=utf-8"],
  ])("%s may be kept for a while", async (route, type) => {
    const { status, headers } = await ask(route);
    expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([200, type, "public, max-age=300"]);
  });

  test.each(["GET /", "GET /nowhere", "GET /login", "GET /logout", "GET /v1/web/me", "GET /style.css"])(
    "%s comes with the security headers",
    async (route) => {
      const { headers } = await ask(route);
      expect(Object.fromEntries(headers)).toMatchObject({
        "content-security-policy": `default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self' ${ISSUER} https://*.authkit.test; base-uri 'none'; frame-ancestors 'none'`,
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "strict-transport-security": "max-age=15552000",
      });
    },
  );

  test("is not told to stay with https where the app has none", async () => {
    app = open("http://localhost:3000");
    expect((await ask("GET /")).headers.has("strict-transport-security")).toBe(false);
  });

  test.each([new Error("ada@example.test"), "ada@example.test"])(
    "that fails without a name is a page and a line in the log: %s",
    async (thrown) => {
      session = { ...session, authenticate: () => Promise.reject(thrown) };
      app = open();
      const { status, html, headers } = await ask("GET /");
      expect([status, html.includes("Something went wrong here"), headers.has("content-security-policy")]).toEqual([500, true, true]);
      expect(JSON.stringify([world.log, html])).not.toContain("ada@example.test");
      expect(world.log).toHaveLength(1);
    },
  );
});
