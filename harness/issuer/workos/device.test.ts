import { describe, expect, test } from "vitest";
import { type Bench, bench, CLIENT_ID, ORIGIN } from "../issuer.testing.ts";
import { DEVICE_CODE_LIFETIME } from "../state/device-codes.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** As WorkOS' CLI Auth guide does it: a form, and no secret. */
function form(world: Bench, path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return world.issuer.fetch(new Request(new URL(path, ORIGIN), { method: "POST", body: new URLSearchParams(fields), headers }));
}

async function begin(world: Bench) {
  const response = await form(world, "/user_management/authorize/device", { client_id: CLIENT_ID });
  return (await response.json()) as Record<string, string>;
}

async function poll(world: Bench, code = "") {
  const response = await form(world, "/user_management/authenticate", { grant_type: GRANT, client_id: CLIENT_ID, device_code: code });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function decide(world: Bench, fields: Record<string, string>, headers?: Record<string, string>) {
  const response = await form(world, "/device", fields, headers);
  return { status: response.status, text: await response.text() };
}

const pause = (world: Bench, seconds: number) => world.advance(seconds * 1000);

describe("a device", () => {
  test("begins with two codes and a place to show one of them", async () => {
    const world = bench();
    const began = await begin(world);
    expect(began).toEqual({
      device_code: expect.stringMatching(/^[A-Za-z0-9_-]{32}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${ORIGIN}/device`,
      verification_uri_complete: `${ORIGIN}/device?user_code=${began.user_code}`,
      expires_in: 300,
      interval: 5,
    });
    expect(world.names.get(began.device_code ?? "")).toBe("device code D1");
  });

  test("waits until somebody approves, is then signed in without a secret, and only once", async () => {
    const world = bench({
      organizations: [{ id: "org_acme", slug: "acme", name: "Acme" }],
      memberships: [{ userId: "user_ada", organizationId: "org_acme", role: "member" }],
    });
    const { device_code, user_code = "" } = await begin(world);
    expect(await poll(world, device_code)).toMatchObject({ status: 400, body: { error: "authorization_pending" } });
    expect(
      (await decide(world, { user_code: user_code.toLowerCase().replace("-", ""), email: "ada@example.test", decision: "approve" })).status,
    ).toBe(200);
    pause(world, 5);

    const reply = await poll(world, device_code);

    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ user: { id: "user_ada" }, organization_id: "org_acme", authentication_method: "Password" });
    expect(await poll(world, device_code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    const refresh = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: reply.body.refresh_token };
    expect((await world.post("/user_management/authenticate", refresh)).status).toBe(200);
  });

  test("that polls too early is told to slow down, and has to wait five seconds more from then on", async () => {
    const world = bench();
    const { device_code } = await begin(world);
    const polls: unknown[] = [];
    for (const seconds of [0, 4.999, 9.999, 15, 14.999]) {
      pause(world, seconds);
      polls.push((await poll(world, device_code)).body.error);
    }
    expect(polls).toEqual(["authorization_pending", "slow_down", "slow_down", "authorization_pending", "slow_down"]);
  });

  test("is told of a denial and of the end of its code", async () => {
    const world = bench();
    const [denied, late] = [await begin(world), await begin(world)];
    expect((await decide(world, { user_code: denied.user_code ?? "", decision: "deny" })).status).toBe(200);
    expect(await poll(world, denied.device_code)).toMatchObject({ status: 400, body: { error: "access_denied" } });
    pause(world, DEVICE_CODE_LIFETIME);
    expect(await poll(world, late.device_code)).toMatchObject({ status: 400, body: { error: "expired_token" } });
    expect((await decide(world, { user_code: late.user_code ?? "", email: "ada@example.test" })).status).toBe(400);
  });

  test("gets nothing for a user who is gone, an unknown code or another client", async () => {
    const world = bench();
    const { device_code, user_code = "" } = await begin(world);
    await decide(world, { user_code, email: "ada@example.test" });
    await world.send("/user_management/users/user_ada", { method: "DELETE", headers: { authorization: "Bearer sk_test_0123456789" } });
    expect(await poll(world, device_code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await poll(world, "unknown")).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await poll(world)).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect((await form(world, "/user_management/authorize/device", { client_id: "client_other" })).status).toBe(400);
    const twice = "client_id=client_test&client_id=client_test";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await world.send("/user_management/authorize/device", { method: "POST", body: twice, headers })).status).toBe(400);
  });

  test("shows in the issuer's moments and state", async () => {
    const world = bench();
    const { device_code } = await begin(world);
    await poll(world, device_code);
    const now = world.now();
    expect(world.issuer.deadlines()).toEqual([now + 5_000, now + 300_000]);
    expect(world.issuer.state()).toMatchObject({ deviceCodes: [["device code D1", "pending", 5, now + 300_000, now + 5_000]] });
  });
});

describe("the page at which a person decides", () => {
  test("shows the code of its address, escaped, and cannot be framed", async () => {
    const response = await bench().issuer.fetch(new Request(`${ORIGIN}/device?user_code=${encodeURIComponent('"><script>')}`));
    expect(await response.text()).toContain('value="&#34;&#62;&#60;script&#62;"');
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  test("takes no decision from another site's form, from nobody, or twice", async () => {
    const world = bench();
    const { device_code, user_code = "" } = await begin(world);
    expect((await decide(world, { user_code, email: "ada@example.test" }, { origin: "https://evil.test" })).status).toBe(403);
    expect((await decide(world, { user_code, email: "eve@example.test" })).status).toBe(400);
    expect(await poll(world, device_code)).toMatchObject({ body: { error: "authorization_pending" } });
    expect((await decide(world, { user_code, email: "ada@example.test" }, { origin: ORIGIN })).status).toBe(200);
    expect((await decide(world, { user_code, decision: "deny" })).status).toBe(400);
  });
});
