import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { bench, CLIENT_ID, START } from "../issuer.testing.ts";

const keySet = (world: ReturnType<typeof bench>) =>
  createLocalJWKSet({ keys: world.issuer.jwks.keys.map((key) => ({ kty: "RSA", ...key })) });

test("an access token verifies against the published keys and says what WorkOS's say", async () => {
  const world = bench();
  const { access } = await world.signIn();

  const { payload, protectedHeader } = await jwtVerify(access, keySet(world), { currentDate: new Date(START) });

  expect(protectedHeader).toEqual({ alg: "RS256", kid: "test-key-1", typ: "JWT" });
  const { jti, ...claims } = payload;
  expect(claims).toEqual({
    iss: "https://api.workos.com",
    sub: "user_ada",
    sid: "session_01000000000000000000000001",
    auth_time: 1_750_000_000,
    client_id: CLIENT_ID,
    iat: 1_750_000_000,
    exp: 1_750_000_300,
  });
  expect(jti).toMatch(/^jti_F1g0s0_[0-9a-f]{16}$/);
});

test("the first key signs, whichever it is", async () => {
  const world = bench({ keys: [...signingKeys].reverse() });
  const { access } = await world.signIn();
  const { protectedHeader } = await jwtVerify(access, keySet(world), { currentDate: new Date(START) });
  expect(protectedHeader.kid).toBe("test-key-2");
});

test("every access token has a jti of its own and belongs to the moment of its request", async () => {
  const world = bench();
  const { refresh, access } = await world.signIn();
  world.advance(10_000);
  const next = (await world.refresh(refresh)).body.access_token;

  expect(decodeJwt(next).jti).not.toBe(decodeJwt(access).jti);
  expect(decodeJwt(next).iat).toBe(1_750_000_010);
});

test("a token never outlives its lifetime, even one with half seconds", async () => {
  const world = bench({ accessTokenLifetime: 1_500 });
  const { access } = await world.signIn();
  const exp = (decodeJwt(access).exp ?? 0) * 1000;
  expect(exp).toBeLessThanOrEqual(START + 1_500);
});

test("an access token has an audience and claims of one's own where they are asked for", async () => {
  const project = { id: "proj_1", slug: "one", name: "One" };
  const world = bench({
    audience: "https://api.example.test",
    customClaims: ["email", "organizations", "projects"],
    organizations: [
      { id: "org_1", slug: "acme", name: "Acme", projects: [project] },
      { id: "org_2", slug: "beta", name: "Beta", projects: [{ ...project, id: "proj_2" }] },
    ],
    memberships: [{ userId: "user_ada", organizationId: "org_1", role: "admin", permissions: ["posts:write"] }],
  });

  const { access } = await world.signIn();

  expect(decodeJwt(access)).toMatchObject({
    aud: "https://api.example.test",
    email: "ada@example.test",
    organizations: [{ id: "org_1", slug: "acme", name: "Acme", role: "admin" }],
    projects: [{ ...project, organization_id: "org_1" }],
  });
  const ben = await world.signIn("ben@example.test");
  expect(decodeJwt(ben.access)).toMatchObject({ email: "ben@example.test", organizations: [], projects: [] });
});
