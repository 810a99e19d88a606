import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { CALLBACK, ORIGIN, START } from "../issuer.testing.ts";
import { BYE, type Fields, type OidcBench, oidcBench, SPA, search, WEB } from "./oidc.testing.ts";

const END = "/oauth2/end-session";

async function signedIn(world: OidcBench): Promise<{ idToken: string; headers: { cookie: string } }> {
  const { parameters, headers } = await world.start();
  const cookie = headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  return { idToken: (await world.exchange(parameters.code ?? "")).body.id_token, headers: { cookie } };
}

const end = (world: OidcBench, query: Fields, init?: RequestInit) => world.ask(`${END}?${search(query)}`, init);

describe("/oauth2/end-session", () => {
  test.each(["GET", "POST"])("by %s ends the session of the id_token_hint and sends the browser back with the state", async (method) => {
    const world = oidcBench();
    const { idToken, headers } = await signedIn(world);
    const query = { id_token_hint: idToken, post_logout_redirect_uri: BYE, state: "s&1" };
    const reply = method === "GET" ? await end(world, query, { headers }) : await world.form(END, query, headers);
    expect([reply.status, reply.location?.href]).toEqual([method === "GET" ? 302 : 303, `${BYE}?state=s%261`]);
    expect(reply.headers.getSetCookie()).toEqual(["holdfast_issuer=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"]);
    expect(world.summary()).toBe("F1 ended (user)");
    expect((await world.start({ prompt: "none" }, { headers })).parameters.error).toBe("login_required");
  });

  test("takes an id_token_hint that has expired, and one whose session is over", async () => {
    const world = oidcBench();
    const { idToken } = await signedIn(world);
    world.advance(86_400_000);
    for (let time = 0; time < 2; time++) {
      expect((await end(world, { id_token_hint: idToken, post_logout_redirect_uri: BYE })).location?.href).toBe(BYE);
    }
    expect(world.events.filter(({ type }) => type === "session-ended")).toHaveLength(1);
  });

  test("asks the person when nothing proves that the app asks for them", async () => {
    const world = oidcBench();
    const { headers } = await signedIn(world);
    const query = { client_id: WEB.id, post_logout_redirect_uri: BYE, state: "s" };
    const page = await end(world, query, { headers });
    expect([page.status, page.text.includes("Sign out?")]).toEqual([200, true]);
    expect(world.summary()).toBe("F1: g0 live");

    // What another site could send on the person's behalf: the cookie, but not the confirmation.
    expect((await world.form(END, { ...query, confirmation: "x" }, headers)).status).toBe(200);
    expect(world.summary()).toBe("F1: g0 live");

    const confirmation = /name="confirmation" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const reply = await world.form(END, { ...query, confirmation }, headers);
    expect([reply.status, reply.location?.href]).toEqual([303, `${BYE}?state=s`]);
    expect(world.summary()).toBe("F1 ended (user)");
  });

  test("has nothing to ask where nobody is signed in", async () => {
    const world = oidcBench();
    expect((await end(world, { client_id: WEB.id, post_logout_redirect_uri: BYE })).location?.href).toBe(BYE);
    expect((await end(world, {})).text).toContain("You are signed out");
  });

  test("leaves the browser's session alone when the hint names another", async () => {
    const world = oidcBench();
    const other = await signedIn(world);
    const own = await signedIn(world);
    const reply = await end(world, { id_token_hint: other.idToken }, { headers: own.headers });
    expect([reply.status, reply.headers.getSetCookie(), world.summary()]).toEqual([200, [], "F1 ended (user) | F2: g0 live"]);
  });

  test.each<[string, Fields]>([
    ["an id_token_hint that is none", { id_token_hint: "x.y.z" }],
    ["an address that is not registered", { client_id: WEB.id, post_logout_redirect_uri: `${BYE}/` }],
    ["an address of nobody", { post_logout_redirect_uri: BYE }],
    ["an unknown client", { client_id: "nobody" }],
  ])("never redirects for %s, and ends nothing", async (_, query) => {
    const world = oidcBench();
    const { headers } = await signedIn(world);
    const reply = await end(world, query, { headers });
    expect([reply.status, reply.body.error, reply.location]).toEqual([400, "invalid_request", null]);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("refuses an access token for a hint, a hint of another client, and a repeated parameter", async () => {
    const world = oidcBench();
    const { access_token, id_token } = await world.tokens();
    expect((await end(world, { id_token_hint: access_token })).status).toBe(400);
    expect((await end(world, { id_token_hint: id_token, client_id: SPA.id })).status).toBe(400);
    expect((await world.ask(`${END}?state=1&state=2`)).status).toBe(400);
    expect(world.summary()).toBe("F1: g0 live");
  });
});

describe("back-channel logout", () => {
  const URI = "https://app.test/backchannel";
  const clients = [{ ...WEB, backchannelLogoutUri: URI }, SPA];

  /** A world that keeps what it is asked to deliver; `until` waits for so many. */
  function announcing(deliver: () => Promise<Response> = async () => new Response()) {
    const sent: Request[] = [];
    let arrived = () => {};
    const notify = (request: Request) => {
      sent.push(request);
      arrived();
      return deliver();
    };
    const until = async (count: number) => {
      while (sent.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    };
    return { world: oidcBench({ clients, notify }), sent, until };
  }

  test("tells each client of the session once, with a logout token", async () => {
    const { world, sent, until } = announcing();
    const { idToken, headers } = await signedIn(world);
    // The same client again, and one that has no such address.
    await world.exchange((await world.start({}, { headers })).parameters.code ?? "");
    const { code = "" } = (await world.start({ client_id: SPA.id }, { headers })).parameters;
    await world.exchange(code, { client_id: SPA.id, client_secret: null });
    await end(world, { id_token_hint: idToken });
    await until(1);

    expect(world.summary()).toBe("F1 ended (user) | F2 ended (user) | F3 ended (user)");
    expect(sent).toHaveLength(1);
    expect([sent[0]?.method, sent[0]?.url, sent[0]?.headers.get("content-type")]).toEqual([
      ...["POST", URI],
      "application/x-www-form-urlencoded;charset=UTF-8",
    ]);
    const token = new URLSearchParams(await sent[0]?.text()).get("logout_token") ?? "";
    const keys = createLocalJWKSet(world.issuer.jwks as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(token, keys, { currentDate: new Date(START), issuer: ORIGIN, audience: WEB.id });
    expect(decodeProtectedHeader(token).typ).toBe("logout+jwt");
    expect(payload).toEqual({
      ...{ iss: ORIGIN, aud: WEB.id, sub: "user_ada", sid: "session_01000000000000000000000001" },
      ...{ iat: 1_750_000_000, exp: 1_750_000_120, jti: expect.stringMatching(/^logout_[0-9a-f]{32}$/) },
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
  });

  test("tells nobody that a family was revoked: the person is still signed in", async () => {
    const { world, sent, until } = announcing();
    const { refresh_token } = await world.tokens();
    await world.asWeb("/oauth2/revoke", { token: refresh_token });
    await world.tokens();
    world.issuer.control.revoke({ user: "user_ada" }, "admin");
    // The second session's notice is the first to arrive: the revocation sent none.
    await until(1);
    const token = new URLSearchParams(await sent[0]?.text()).get("logout_token") ?? "";
    expect(JSON.parse(atob(token.split(".")[1] ?? "")).sid).toBe("session_01000000000000000000000002");
  });

  test("holds nobody up, however long the client takes and whatever becomes of it", async () => {
    for (const deliver of [() => new Promise<Response>(() => {}), () => Promise.reject(new Error("refused"))]) {
      const { world, until } = announcing(deliver);
      const { idToken } = await signedIn(world);
      expect((await end(world, { id_token_hint: idToken, post_logout_redirect_uri: BYE })).status).toBe(302);
      await until(1);
    }
  });

  test("is told of a logout on the other surface too", async () => {
    const { world, until } = announcing();
    const { headers } = await signedIn(world);
    const query = { client_id: "client_test", redirect_uri: CALLBACK, response_type: "code" };
    const { parameters } = await world.ask(`/user_management/authorize?${search(query)}`, { headers });
    await world.authenticate({ grant_type: "authorization_code", code: parameters.code });
    await world.ask("/user_management/sessions/logout?session_id=session_01000000000000000000000001");
    await until(1);
    expect(world.summary()).toBe("F1 ended (user) | F2 ended (user)");
  });
});
