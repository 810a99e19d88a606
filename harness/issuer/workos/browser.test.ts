import { describe, expect, test } from "vitest";
import { API_KEY, type Bench, bench, CLIENT_ID } from "../issuer.testing.ts";
import { s256 } from "../state/secrets.ts";

const PATH = "/user_management/authenticate";
const VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789";
const PAGE = "http://localhost:3000";
const REFRESH = { client_id: CLIENT_ID, grant_type: "refresh_token" };

const from = (origin: string, cookie?: string) => ({ origin, ...(cookie === undefined ? {} : { cookie }) });

/** What authkit-js sends from a page. */
async function signIn(world: Bench, origin = PAGE) {
  const code = await world.code({ code_challenge: s256(VERIFIER), code_challenge_method: "S256" });
  const body = { client_id: CLIENT_ID, grant_type: "authorization_code", code, code_verifier: VERIFIER };
  const reply = await world.post(PATH, body, from(origin));
  const cookies = reply.headers.getSetCookie();
  return { reply, cookies, cookie: cookies.map((one) => one.split(";")[0]).join("; ") };
}

describe("a page that may call the API", () => {
  test("is told so by its exact origin, with credentials, also when it is refused", async () => {
    const world = bench();
    const { reply } = await signIn(world);
    const refused = await world.post(PATH, { ...REFRESH, refresh_token: "unknown" }, from(PAGE));
    for (const { headers } of [reply, refused]) {
      expect(headers.get("access-control-allow-origin")).toBe(PAGE);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("vary")).toBe("Origin");
    }
    expect(refused.status).toBe(400);
  });

  test("passes the preflight of a JSON body", async () => {
    const reply = await bench().send(PATH, { method: "OPTIONS", headers: from(PAGE) });
    expect(reply.status).toBe(204);
    expect(reply.headers.get("access-control-allow-methods")).toBe("POST");
    expect(reply.headers.get("access-control-allow-headers")).toContain("content-type");
  });

  test("gets its refresh token in a cookie that no script reads, and a hint that every page of the app reads", async () => {
    const secure = (await signIn(bench())).cookies;
    expect(secure).toEqual([
      expect.stringMatching(
        /^workos-refresh-client_test=[\w-]{32}; Path=\/user_management; HttpOnly; Max-Age=34560000; SameSite=None; Secure$/,
      ),
      "workos-has-session=client_test; Path=/; Domain=workos.test; Max-Age=34560000; SameSite=None; Secure",
    ]);
  });

  test("refreshes by the cookie, again and again", async () => {
    const world = bench();
    const { cookie } = await signIn(world);
    const first = await world.post(PATH, REFRESH, from(PAGE, cookie));
    expect(world.names.get(first.body.refresh_token)).toBe("RT F1.g1");
    const next = first.headers.getSetCookie().map((one) => one.split(";")[0]);
    const second = await world.post(PATH, REFRESH, from(PAGE, next.join("; ")));
    expect(world.names.get(second.body.refresh_token)).toBe("RT F1.g2");
  });

  test("loses both cookies when it signs out, but not those of a newer session", async () => {
    const world = bench();
    const [old, recent] = [await signIn(world), await signIn(world)];
    const logout = (session: string, cookie: string) =>
      world.send(`/user_management/sessions/logout?session_id=${session}`, { headers: { cookie } });
    const [first, second] = ["session_01000000000000000000000001", "session_01000000000000000000000002"];

    expect((await logout(first, recent.cookie)).headers.getSetCookie()).toEqual([]);
    const cleared = (await logout(second, recent.cookie)).headers.getSetCookie();
    expect(cleared.map((one) => one.split(";")[0])).toEqual(["workos-refresh-client_test=", "workos-has-session="]);
    expect(cleared.every((one) => one.includes("Max-Age=0"))).toBe(true);
    expect((await logout(first, old.cookie)).headers.getSetCookie()).toHaveLength(2);
  });
});

describe("a page of a foreign origin", () => {
  test.each(["https://evil.test", "null", "http://localhost.evil.test", "http://127.0.0.1.evil.test"])(
    "%s is allowed nothing, and the cookie is not looked at",
    async (origin) => {
      const world = bench();
      const { cookie } = await signIn(world);
      const reply = await world.post(PATH, REFRESH, from(origin, cookie));
      expect([reply.status, reply.body.error_description]).toEqual([400, "Missing `refresh_token`."]);
      expect(reply.headers.has("access-control-allow-origin")).toBe(false);
      expect((await world.send(PATH, { method: "OPTIONS", headers: from(origin) })).headers.has("access-control-allow-methods")).toBe(
        false,
      );
      expect((await signIn(world, origin)).cookies).toEqual([]);
    },
  );

  test("may call once the API key has allowed its origin", async () => {
    const world = bench();
    const allow = (origin: string, key = API_KEY) =>
      world.post("/user_management/cors_origins", { origin }, { authorization: `Bearer ${key}` });
    expect((await allow("https://app.example.test", "sk_wrong")).status).toBe(401);
    const made = await allow("https://app.example.test");
    expect([made.status, made.body.object, made.body.origin]).toEqual([201, "cors_origin", "https://app.example.test"]);
    expect((await allow("https://app.example.test")).body.code).toBe("duplicate_cors_origin");
    expect((await signIn(world, "https://app.example.test")).cookies).toHaveLength(2);
  });

  test.each(["*", "null", "https://*.example.test", "https://app.example.test/", "ftp://app.example.test", "file://"])(
    "cannot be allowed as %s",
    async (origin) => {
      const reply = await bench().post("/user_management/cors_origins", { origin }, { authorization: `Bearer ${API_KEY}` });
      expect(reply.status).toBe(422);
    },
  );
});

test("an app with its secret gets no cookies and cannot use them", async () => {
  const world = bench();
  const { cookie } = await signIn(world);
  const reply = await world.post(PATH, { ...REFRESH, client_secret: API_KEY }, from(PAGE, cookie));
  expect(reply.body.error_description).toBe("Missing `refresh_token`.");
  const code = await world.code();
  const own = await world.post(PATH, { client_id: CLIENT_ID, client_secret: API_KEY, grant_type: "authorization_code", code }, from(PAGE));
  expect([own.status, own.headers.getSetCookie()]).toEqual([200, []]);
});

test("on this machine, over HTTP, the cookies are the host's and need no TLS", async () => {
  const world = bench({ origin: "http://localhost:8787" });
  const code = await world.issuer.fetch(
    new Request(
      `http://localhost:8787/user_management/authorize?${new URLSearchParams({
        ...{ client_id: CLIENT_ID, redirect_uri: `${PAGE}/callback`, response_type: "code", login_hint: "ada@example.test" },
        ...{ code_challenge: s256(VERIFIER), code_challenge_method: "S256" },
      })}`,
    ),
  );
  const body = JSON.stringify({
    ...{ client_id: CLIENT_ID, grant_type: "authorization_code", code_verifier: VERIFIER },
    code: new URL(code.headers.get("location") ?? "").searchParams.get("code"),
  });
  const headers = { "content-type": "application/json", origin: PAGE };
  const reply = await world.issuer.fetch(new Request(`http://localhost:8787${PATH}`, { method: "POST", body, headers }));
  expect(reply.headers.getSetCookie()[1]).toBe("workos-has-session=client_test; Path=/; Max-Age=34560000; SameSite=Lax");
});
