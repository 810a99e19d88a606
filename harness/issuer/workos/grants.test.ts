import { WorkOS } from "@workos-inc/node";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { users } from "../../../fixtures/users.ts";
import { API_KEY, type Bench, bench, CLIENT_ID, type Reply } from "../issuer.testing.ts";
import { MAGIC_AUTH_LIFETIME, ONE_TIME_CODE } from "../state/magic-auth.ts";
import { PENDING_LIFETIME } from "../state/pending.ts";
import { s256 } from "../state/secrets.ts";

const KEY_HEADER = { authorization: `Bearer ${API_KEY}` };
const PASSWORD = "correct horse battery staple";
const SEEDED = users.map((user) => ({ ...user, password: PASSWORD }));
const ORGANIZATIONS = [
  { id: "org_acme", slug: "acme", name: "Acme" },
  { id: "org_beta", slug: "beta", name: "Beta" },
  { id: "org_gone", slug: "gone", name: "Nobody's" },
];
/** Ada belongs to two organizations, Ben to one. */
const MEMBERSHIPS = [
  { userId: "user_ada", organizationId: "org_acme", role: "admin", permissions: ["posts:write"] },
  { userId: "user_ada", organizationId: "org_beta", role: "member" },
  { userId: "user_ben", organizationId: "org_beta", role: "member" },
];
const office = () => bench({ users: SEEDED, organizations: ORGANIZATIONS, memberships: MEMBERSHIPS });

const withPassword = (world: Bench, email: string, password = PASSWORD) => world.authenticate({ grant_type: "password", email, password });
const refreshTo = (world: Bench, refresh_token: string, organization_id: string) =>
  world.authenticate({ grant_type: "refresh_token", refresh_token, organization_id });
const code = (reply: Reply): [number, string] => [reply.status, reply.body.code ?? reply.body.error];
const member = (world: Bench, userId: string, organizationId: string) =>
  world.send(`/user_management/organization_memberships?user_id=${userId}&organization_id=${organizationId}`, { headers: KEY_HEADER });

describe("a password", () => {
  test("signs in, and whoever belongs to one organization is signed in to it", async () => {
    const reply = await withPassword(office(), "BEN@example.test");
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ organization_id: "org_beta", authentication_method: "Password", user: { id: "user_ben" } });
    expect(decodeJwt(reply.body.access_token)).toMatchObject({ sub: "user_ben", org_id: "org_beta", role: "member" });
  });

  test.each([
    ["wrong", "ben@example.test", "wrong"],
    ["of nobody", "eve@example.test", PASSWORD],
  ])("that is %s is refused, with no hint which it is", async (_, email, password) => {
    const reply = await withPassword(office(), email, password);
    expect(code(reply)).toEqual([400, "invalid_credentials"]);
    expect(reply.body.message).toBe("The email or the password is wrong.");
  });

  test("is not enough for a user who has none", async () => {
    expect(code(await withPassword(bench(), "ada@example.test", ""))).toEqual([400, "invalid_request"]);
    expect(code(await withPassword(bench(), "ada@example.test", "null"))).toEqual([400, "invalid_credentials"]);
  });

  test("needs the client's secret", async () => {
    const body = { grant_type: "password", client_id: CLIENT_ID, email: "ben@example.test", password: PASSWORD };
    expect(code(await office().post("/user_management/authenticate", body))).toEqual([400, "invalid_client"]);
  });

  test("of an address that is not verified leads to a code, and the code to the session", async () => {
    const world = office();
    await world.post("/user_management/users", { email: "cleo@example.test", password: PASSWORD }, KEY_HEADER);
    const asked = await withPassword(world, "cleo@example.test");
    expect(code(asked)).toEqual([403, "email_verification_required"]);
    expect(asked.body.email).toBe("cleo@example.test");
    const { pending_authentication_token } = asked.body;
    const verify = (one: string) =>
      world.authenticate({ grant_type: "urn:workos:oauth:grant-type:email-verification:code", code: one, pending_authentication_token });

    expect(code(await verify("000000"))).toEqual([400, "invalid_one_time_code"]);
    const reply = await verify(ONE_TIME_CODE);

    expect(reply.body.user).toMatchObject({ email: "cleo@example.test", email_verified: true, first_name: null, name: null });
    expect(code(await verify(ONE_TIME_CODE))).toEqual([400, "invalid_pending_authentication_token"]);
    expect((await withPassword(world, "cleo@example.test")).status).toBe(200);
  });
});

describe("the selection of an organization", () => {
  const select = (world: Bench, pending_authentication_token: string, organization_id: string, more = {}) =>
    world.authenticate({
      grant_type: "urn:workos:oauth:grant-type:organization-selection",
      ...{ pending_authentication_token, organization_id, ...more },
    });

  test("is asked for where there are several, and gives the session of the one that was chosen, once", async () => {
    const world = office();
    const asked = await withPassword(world, "ada@example.test");
    expect(code(asked)).toEqual([403, "organization_selection_required"]);
    expect(asked.body.organizations).toEqual([
      { id: "org_acme", name: "Acme" },
      { id: "org_beta", name: "Beta" },
    ]);
    expect(asked.body.user.id).toBe("user_ada");
    expect(world.events).toEqual([]);

    const token = asked.body.pending_authentication_token;
    expect(world.names.get(token)).toBe("pending authentication P1");
    const reply = await select(world, token, "org_beta");

    expect(reply.body).toMatchObject({ organization_id: "org_beta", authentication_method: "Password" });
    expect(code(await select(world, token, "org_beta"))).toEqual([400, "invalid_pending_authentication_token"]);
    expect(world.summary()).toBe("F1: g0 live");
  });

  test("refuses an organization that is not theirs, and can be tried again", async () => {
    const world = office();
    const token = (await withPassword(world, "ada@example.test")).body.pending_authentication_token;
    expect(code(await select(world, token, "org_gone"))).toEqual([400, "organization_membership_not_found"]);
    expect(code(await select(world, token, "org_unknown"))).toEqual([400, "organization_not_found"]);
    expect((await select(world, token, "org_acme")).status).toBe(200);
  });

  test("refuses a token that is unknown, too old, of another step or of a user who is gone", async () => {
    const world = office();
    expect(code(await select(world, "unknown", "org_acme"))).toEqual([400, "invalid_pending_authentication_token"]);
    const token = (await withPassword(world, "ada@example.test")).body.pending_authentication_token;
    const body = { grant_type: "urn:workos:oauth:grant-type:email-verification:code", code: ONE_TIME_CODE };
    expect(code(await world.authenticate({ ...body, pending_authentication_token: token }))).toEqual([
      400,
      "invalid_pending_authentication_token",
    ]);
    expect(world.issuer.deadlines()).toEqual([world.now() + PENDING_LIFETIME]);
    world.advance(PENDING_LIFETIME);
    expect(code(await select(world, token, "org_acme"))).toEqual([400, "invalid_pending_authentication_token"]);

    const late = (await withPassword(world, "ada@example.test")).body.pending_authentication_token;
    await world.send("/user_management/users/user_ada", { method: "DELETE", headers: KEY_HEADER });
    expect(code(await select(world, late, "org_acme"))).toEqual([400, "invalid_pending_authentication_token"]);
  });
});

describe("a one-time code by mail", () => {
  const GRANT = "urn:workos:oauth:grant-type:magic-auth:code";
  const create = (world: Bench, email: string) => world.post("/user_management/magic_auth", { email }, KEY_HEADER);
  const present = (world: Bench, email: string, one = ONE_TIME_CODE) => world.authenticate({ grant_type: GRANT, email, code: one });

  test("is shown to whoever asked for it with the API key, and signs in once", async () => {
    const world = bench();
    const made = await create(world, "ada@example.test");
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ object: "magic_auth", user_id: "user_ada", email: "ada@example.test", code: "424242" });
    expect((await world.send(`/user_management/magic_auth/${made.body.id}`, { headers: KEY_HEADER })).body).toEqual(made.body);

    expect((await present(world, "ADA@example.test")).body.authentication_method).toBe("MagicAuth");
    expect(code(await present(world, "ada@example.test"))).toEqual([400, "one_time_code_previously_used"]);
  });

  test("signs up whoever is new, and verifies their address", async () => {
    const world = bench();
    await create(world, "new@example.test");
    expect((await present(world, "new@example.test")).body.user).toMatchObject({ email: "new@example.test", email_verified: true });
  });

  test("is refused when it is wrong, was never asked for, or is ten minutes old", async () => {
    const world = bench();
    expect(code(await present(world, "ada@example.test"))).toEqual([400, "invalid_one_time_code"]);
    await create(world, "ada@example.test");
    expect(code(await present(world, "ada@example.test", "000000"))).toEqual([400, "invalid_one_time_code"]);
    world.advance(MAGIC_AUTH_LIFETIME);
    expect(code(await present(world, "ada@example.test"))).toEqual([400, "one_time_code_expired"]);
  });

  test("needs the API key, and an address", async () => {
    const world = bench();
    expect((await world.post("/user_management/magic_auth", { email: "ada@example.test" })).status).toBe(401);
    expect((await create(world, "not an address")).status).toBe(422);
    expect((await world.send("/user_management/magic_auth/magic_auth_02", { headers: KEY_HEADER })).status).toBe(404);
  });
});

describe("a refresh with an organization", () => {
  test("switches to it, and stays there", async () => {
    const world = office();
    const { refresh } = await world.signIn();
    const switched = await refreshTo(world, refresh, "org_acme");
    expect(switched.body.organization_id).toBe("org_acme");
    expect(decodeJwt(switched.body.access_token)).toMatchObject({ org_id: "org_acme", role: "admin", permissions: ["posts:write"] });

    const next = await world.refresh(switched.body.refresh_token);
    expect(decodeJwt(next.body.access_token)).toMatchObject({ org_id: "org_acme" });
  });

  test.each([
    ["the user does not belong to", "org_gone", "organization_membership_not_found"],
    ["does not exist", "org_unknown", "organization_not_found"],
  ])("that %s is refused, and leaves the token alone", async (_, organization, error) => {
    const world = office();
    const { refresh } = await world.signIn();
    expect(code(await refreshTo(world, refresh, organization))).toEqual([400, error]);
    expect(world.summary()).toBe("F1: g0 live");
    expect((await world.refresh(refresh)).status).toBe(200);
  });

  test("says first that a token is unknown, or that its session has ended", async () => {
    const world = office();
    expect(code(await refreshTo(world, "unknown", "org_unknown"))).toEqual([400, "invalid_grant"]);
    const { refresh } = await world.signIn();
    world.issuer.control.revoke({ user: "user_ada" }, "admin");
    expect(code(await refreshTo(world, refresh, "org_unknown"))).toEqual([400, "invalid_grant"]);
  });

  test("gives no more tokens for an organization once the membership is deactivated or gone", async () => {
    const world = office();
    const signedIn = await withPassword(world, "ben@example.test");
    const { id } = (await member(world, "user_ben", "org_beta")).body.data[0];
    await world.send(`/user_management/organization_memberships/${id}/deactivate`, { method: "PUT", headers: KEY_HEADER });
    expect(code(await world.refresh(signedIn.body.refresh_token))).toEqual([400, "organization_membership_not_found"]);

    await world.send(`/user_management/organization_memberships/${id}/reactivate`, { method: "PUT", headers: KEY_HEADER });
    const refreshed = await world.refresh(signedIn.body.refresh_token);
    expect(refreshed.status).toBe(200);
    await world.send(`/user_management/organization_memberships/${id}`, { method: "DELETE", headers: KEY_HEADER });
    expect(code(await world.refresh(refreshed.body.refresh_token))).toEqual([400, "organization_membership_not_found"]);
  });
});

describe("what happens to a user shows at the next refresh", () => {
  test("a changed email", async () => {
    const world = bench({ customClaims: ["email"] });
    const { refresh } = await world.signIn();
    const headers = { ...KEY_HEADER, "content-type": "application/json" };
    const init = { method: "PUT", headers, body: JSON.stringify({ email: "countess@example.test" }) };
    expect((await world.send("/user_management/users/user_ada", init)).status).toBe(200);

    const reply = await world.refresh(refresh);

    expect(reply.body.user).toMatchObject({ id: "user_ada", email: "countess@example.test", email_verified: true });
    expect(decodeJwt(reply.body.access_token).email).toBe("countess@example.test");
  });

  test("a deleted user: their sessions end, and codes that were under way are worth nothing", async () => {
    const world = bench();
    const { refresh } = await world.signIn();
    const authorizationCode = await world.code();
    await world.post("/user_management/magic_auth", { email: "ada@example.test" }, KEY_HEADER);
    expect((await world.send("/user_management/users/user_ada", { method: "DELETE", headers: KEY_HEADER })).status).toBe(200);

    const reply = await world.refresh(refresh);

    expect([reply.status, reply.body]).toEqual([400, { error: "invalid_grant", error_description: "Session has already ended." }]);
    expect(code(await world.authenticate({ grant_type: "authorization_code", code: authorizationCode }))).toEqual([400, "invalid_grant"]);
    const mailed = { grant_type: "urn:workos:oauth:grant-type:magic-auth:code", email: "ada@example.test", code: ONE_TIME_CODE };
    expect(code(await world.authenticate(mailed))).toEqual([400, "invalid_one_time_code"]);
    const ended = world.events.filter((event) => event.type === "session-ended");
    expect(ended).toMatchObject([{ user: "user_ada", cause: "admin", family: "F1" }]);
  });
});

describe("a client without a secret", () => {
  const VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789";
  const PKCE = { code_challenge: s256(VERIFIER), code_challenge_method: "S256" };
  const send = (world: Bench, body: Record<string, unknown>) =>
    world.post("/user_management/authenticate", { client_id: CLIENT_ID, ...body });

  test("exchanges a code by PKCE and refreshes what it got", async () => {
    const world = bench();
    const signedIn = await send(world, { grant_type: "authorization_code", code: await world.code(PKCE), code_verifier: VERIFIER });
    expect(signedIn.status).toBe(200);
    const refreshed = await send(world, { grant_type: "refresh_token", refresh_token: signedIn.body.refresh_token });
    expect(world.names.get(refreshed.body.refresh_token)).toBe("RT F1.g1");
  });

  test("gets nothing for a code without PKCE, and nothing for a token that was issued to the secret", async () => {
    const world = bench();
    expect(code(await send(world, { grant_type: "authorization_code", code: await world.code() }))).toEqual([400, "invalid_client"]);
    const { refresh } = await world.signIn();
    expect(code(await send(world, { grant_type: "refresh_token", refresh_token: refresh }))).toEqual([400, "invalid_client"]);
    expect(world.summary()).toBe("F1: g0 live");
  });
});

describe("an answer that is sealed too", () => {
  const cookiePassword = "a cookie password of at least 32 characters";

  test("is opened by the SDK, and holds what the SDK would have sealed", async () => {
    const world = office();
    const session = { seal_session: true, cookie_password: cookiePassword };
    const reply = await world.authenticate({ grant_type: "password", email: "ben@example.test", password: PASSWORD, session });

    expect(reply.body.sealed_session).toMatch(/^Fe26\.2\*1\*.*~2$/);
    const { userManagement } = new WorkOS(API_KEY, { clientId: CLIENT_ID });
    const opened = await userManagement.getSessionFromCookie({ sessionData: reply.body.sealed_session, cookiePassword });
    expect(opened).toMatchObject({
      accessToken: reply.body.access_token,
      refreshToken: reply.body.refresh_token,
      organizationId: "org_beta",
      authenticationMethod: "Password",
      user: { id: "user_ben", firstName: "Ben", emailVerified: true },
    });
  });

  test("is not there unless asked for, and a short password redeems nothing", async () => {
    const world = bench();
    const { refresh } = await world.signIn();
    const session = { seal_session: true, cookie_password: "short" };
    const reply = await world.authenticate({ grant_type: "refresh_token", refresh_token: refresh, session });
    expect(code(reply)).toEqual([400, "invalid_request"]);
    expect(world.summary()).toBe("F1: g0 live");
    expect((await world.refresh(refresh)).body).not.toHaveProperty("sealed_session");
  });
});
