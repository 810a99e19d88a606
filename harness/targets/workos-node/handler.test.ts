import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Bench, bench, CLIENT_ID, ORIGIN, START } from "../../issuer/issuer.testing.ts";
import { profiles } from "../../issuer/profiles.ts";
import type { Answer, Instance, Target } from "../../model/target.ts";
import { APP, environmentOf, LIFETIME, patiently } from "../third-party.testing.ts";
import { createHandler } from "./handler.ts";
import { loadWorkosNode } from "./target.ts";

const target: Target = await loadWorkosNode();

/** What the SDK asked for, in order. */
let asked: string[] = [];
/** Answers in place of the issuer, by path; a function that throws is a network that fails. */
let instead: Record<string, () => Response> = {};
let issuer: Bench;
let instance: Instance;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: START });
  asked = [];
  instead = {};
  issuer = bench({ profile: profiles.zitadel });
  vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (origin !== ORIGIN) throw new Error(`nobody should ask ${origin}`);
    asked.push(`${request.method} ${pathname}`);
    return instead[pathname]?.() ?? issuer.issuer.fetch(request);
  });
  instance = createHandler(environmentOf(target));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const TOKENS = "/user_management/authenticate";
const KEYS = `/sso/jwks/${CLIENT_ID}`;

function pass(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
  issuer.advance(milliseconds);
}

async function get(path: string, cookie?: string): Promise<Answer & { readonly set: string | null; readonly kind: string }> {
  const response = await instance.fetch(new Request(`${APP}${path}`, cookie === undefined ? {} : { headers: { cookie } }));
  const answer = { status: response.status, headers: response.headers, body: await response.text() };
  return { ...answer, set: response.headers.get("set-cookie"), kind: target.classify(answer) };
}

/** Signs in through the issuer, and gives the cookie as a browser would send it. */
async function signIn(): Promise<string> {
  const login = await get("/login?login_hint=ada%40example.test");
  const authorized = await issuer.send(login.headers.get("location") ?? "");
  const callback = new URL(authorized.headers.get("location") ?? "");
  const { set } = await get(`${callback.pathname}${callback.search}`);
  asked.length = 0;
  return (set ?? "").split(";")[0] ?? "";
}

describe("signing in", () => {
  it("goes to the issuer with the hint, and comes back to the callback", async () => {
    const { status, headers } = await get("/login?login_hint=ada%40example.test");
    const location = new URL(headers.get("location") ?? "");
    expect(status).toBe(302);
    expect(`${location.origin}${location.pathname}`).toBe(`${ORIGIN}/user_management/authorize`);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      client_id: CLIENT_ID,
      redirect_uri: `${APP}/callback`,
      login_hint: "ada@example.test",
    });
    expect(asked).toEqual([]);
  });

  it("ends with a redirect to the page and a sealed cookie that no script can read", async () => {
    const { status, headers, set } = await get(`/callback?code=${await issuer.code()}`);
    expect([status, headers.get("location")]).toEqual([302, "/"]);
    expect(set).toMatch(/^wos-session=Fe26\.\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(asked).toEqual([`POST ${TOKENS}`]);
  });

  it("fails, and sets nothing, for a code that the issuer does not know", async () => {
    await expect(get("/callback?code=code_unknown")).rejects.toThrow(/invalid_grant|code/i);
  });
});

describe("a page", () => {
  it("without a cookie sends the person to sign in, and asks nobody", async () => {
    const { kind, headers, set } = await get("/");
    expect([kind, headers.get("location"), set]).toEqual(["signed-out", "/login", null]);
    expect(asked).toEqual([]);
  });

  it("finds its cookie among others", async () => {
    const cookie = await signIn();
    expect((await get("/", `theme=dark; ${cookie}; other-wos-session=x`)).kind).toBe("signed-in");
    expect((await get("/", "x-wos-session=1")).kind).toBe("signed-out");
  });

  it("with a fresh access token shows the user, and redeems nothing", async () => {
    const { kind, body, set } = await get("/", await signIn());
    expect([kind, JSON.parse(body), set]).toEqual(["signed-in", { user: "user_ada" }, null]);
    expect(asked).toEqual([`GET ${KEYS}`]);
  });

  it("fetches the issuer's keys once for all pages of an isolate", async () => {
    const cookie = await signIn();
    for (let page = 0; page < 3; page++) await get("/", cookie);
    expect(asked).toEqual([`GET ${KEYS}`]);
  });

  it("with an expired access token redeems the refresh token, and carries the new session", async () => {
    const cookie = await signIn();
    pass(LIFETIME + 1_000);

    const { kind, body, set } = await get("/", cookie);

    expect([kind, JSON.parse(body)]).toEqual(["signed-in", { user: "user_ada" }]);
    expect(asked.filter((request) => request === `POST ${TOKENS}`)).toHaveLength(1);
    expect(issuer.summary()).toBe("F1: g0 spent, g1 live");
    expect(set).toMatch(/^wos-session=Fe26\.\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    asked.length = 0;
    expect((await get("/", set?.split(";")[0])).kind).toBe("signed-in");
    expect(asked).toEqual([]);
  });

  it("with a spent refresh token clears the cookie and sends the person to sign in", async () => {
    const cookie = await signIn();
    pass(LIFETIME + 1_000);
    await get("/", cookie);

    const { kind, set } = await get("/", cookie);

    expect(kind).toBe("signed-out");
    expect(set).toBe("wos-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0");
  });

  it.each([
    [400, { error: "invalid_request", error_description: "Refresh token is invalid or has already been claimed by another client." }],
    [403, { error: "invalid_grant", error_description: "Unknown or invalid refresh token." }],
    [400, { error_code: "refresh_token_already_used", msg: "Invalid Refresh Token: Already Used" }],
    [401, { error: "invalid_client" }],
    [409, { code: "conflict", message: "another one is at it" }],
  ])("with a refusal of %i %j, named or thrown by the SDK, clears the cookie and sends the person to sign in", async (status, body) => {
    const cookie = await signIn();
    pass(LIFETIME + 1_000);
    instead = { [TOKENS]: () => Response.json(body, { status }) };
    const { kind, set } = await get("/", cookie);
    expect([kind, set]).toEqual(["signed-out", "wos-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"]);
  });

  it.each<[string, () => Response]>([
    ["answers 503", () => Response.json({ message: "Service Unavailable" }, { status: 503 })],
    ["answers 429", () => Response.json({ message: "slow down" }, { status: 429, headers: { "retry-after": "3" } })],
    [
      "cannot be reached",
      () => {
        throw new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
      },
    ],
  ])("is a 503 that leaves the cookie alone while the issuer %s, and works again afterwards", async (_, trouble) => {
    const cookie = await signIn();
    pass(LIFETIME + 1_000);
    instead = { [TOKENS]: trouble };

    const { status, kind, headers, set } = await patiently(get("/", cookie));

    expect([status, kind, headers.get("retry-after"), set]).toEqual([503, "unavailable", "1", null]);
    // The SDK itself asks four times before it gives up.
    expect(asked.filter((request) => request === `POST ${TOKENS}`)).toHaveLength(4);
    instead = {};
    expect((await get("/", cookie)).kind).toBe("signed-in");
  });

  it("fails as a whole while a proxy answers 502 with HTML: the SDK throws it on, so it is neither a verdict nor a 503", async () => {
    const cookie = await signIn();
    pass(LIFETIME + 1_000);
    instead = { [TOKENS]: () => new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }) };
    await expect(patiently(get("/", cookie))).rejects.toThrow("is not valid JSON");
    instead = {};
    expect((await get("/", cookie)).kind).toBe("signed-in");
  });

  it("with a cookie that was sealed with another password clears it and sends the person to sign in", async () => {
    const cookie = await signIn();
    instance = createHandler(environmentOf(target, "quite-another-password-of-at-least-thirty-two"));
    const { kind, set } = await get("/", cookie);
    expect([kind, set?.startsWith("wos-session=;")]).toEqual(["signed-out", true]);
    expect(asked).toEqual([]);
  });

  it("fails as a whole, and signs nobody out, while the issuer's keys cannot be had", async () => {
    const cookie = await signIn();
    instead = { [KEYS]: () => new Response("down", { status: 503 }) };
    await expect(get("/", cookie)).rejects.toThrow();
    instead = {};
    expect((await get("/", cookie)).kind).toBe("signed-in");
  });
});

describe("the target", () => {
  it.each([
    [200, {}, "signed-in"],
    [302, { location: "/login" }, "signed-out"],
    [302, { location: "/" }, "other"],
    [503, {}, "unavailable"],
    [500, {}, "other"],
    [401, {}, "other"],
  ])("classifies %i %j as %s", (status, headers, kind) => {
    expect(target.classify({ status, headers: new Headers(headers as Record<string, string>), body: "" })).toBe(kind);
  });

  it("gives each isolate module state of its own: each fetches the keys for itself", async () => {
    const cookie = await signIn();
    for (const isolate of [await target.create(environmentOf(target)), await target.create(environmentOf(target))]) {
      const response = await isolate.fetch(new Request(`${APP}/`, { headers: { cookie } }));
      expect(response.status).toBe(200);
    }
    expect(asked).toEqual([`GET ${KEYS}`, `GET ${KEYS}`]);
  });
});
