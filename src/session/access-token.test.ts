import { base64url, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { KeySetUnavailable } from "../keys/key-set.ts";
import { createStaticKeySet } from "../keys/static.ts";
import { type AccessTokenOptions, createAccessTokenVerifier, skewOf } from "./access-token.ts";
import { CLIENT, claimsOf, createSigner, ISSUER, START } from "./session.testing.ts";

const signer = await createSigner();
const other = await createSigner("key-2");
const impostor = await createSigner(signer.kid);

function verifyAt(now: number, token: string, jwks = signer.jwks, options: Partial<AccessTokenOptions> = {}) {
  const keys = createStaticKeySet(jwks);
  const fixed = { issuers: ["https://auth.example", ISSUER], clientId: CLIENT, audience: null, sessionIdRequired: true };
  return createAccessTokenVerifier({ keys, ...fixed, now: () => now, ...options })(token);
}

describe("a token of 300 s", () => {
  test("is valid with its claims", async () => {
    const token = await signer.sign({ org_id: "org_1" });
    expect(await verifyAt(START, token)).toEqual({
      kind: "valid",
      claims: claimsOf({ org_id: "org_1" }),
      due: false,
      expiresAt: START + 300_000,
    });
  });

  test.each([
    [0, "valid", false],
    [269_999, "valid", false],
    [270_000, "valid", true],
    [299_999, "valid", true],
  ])("at %d ms is %s, due %s", async (elapsed, kind, due) => {
    expect(await verifyAt(START + elapsed, await signer.sign())).toMatchObject({ kind, due });
  });

  test("is expired at its end, with its claims", async () => {
    expect(await verifyAt(START + 300_000, await signer.sign())).toEqual({ kind: "expired", claims: claimsOf() });
  });
});

test("the skew is a tenth of the lifetime, at most 30 s and never negative", () => {
  expect(skewOf({ iat: 1000, exp: 1060 })).toBe(6_000);
  expect(skewOf({ iat: 1000, exp: 1300 })).toBe(30_000);
  expect(skewOf({ iat: 1000, exp: 2800 })).toBe(30_000);
  expect(skewOf({ iat: 1000, exp: 900 })).toBe(0);
});

describe("a token that is not ours is invalid", () => {
  test.each([
    ["issuer", { iss: "https://evil.example" }],
    ["issuer", { iss: "https://evil.example", exp: 1 }],
    ["client", { client_id: "client_2" }],
    ["client", { client_id: "client_2", exp: START / 1000 - 1 }],
    ["client", { client_id: undefined }],
    ["client", { client_id: undefined, aud: [null] }],
    ["claims", { sub: undefined }],
    ["claims", { sub: " " }],
    ["claims", { sub: 7 }],
    ["claims", { sid: undefined }],
    ["claims", { sid: "" }],
    ["claims", { exp: undefined }],
    ["claims", { exp: "soon" }],
    ["claims", { iat: undefined }],
    ["claims", { nbf: "soon" }],
  ])("%s: %j", async (reason, claims) => {
    expect(await verifyAt(START, await signer.sign(claims))).toEqual({ kind: "invalid", reason });
  });

  test("signature: another key under the same id", async () => {
    expect(await verifyAt(START, await impostor.sign())).toEqual({ kind: "invalid", reason: "signature" });
  });

  test("signature: an expired token whose signature is wrong is not merely expired", async () => {
    expect(await verifyAt(START + 400_000, await impostor.sign())).toEqual({ kind: "invalid", reason: "signature" });
  });

  test("algorithm: none, and HS256 with the public key as the secret", async () => {
    expect((await verifyAt(START, new UnsecuredJWT(claimsOf()).encode())).kind).toBe("invalid");
    const publicKey = base64url.decode(String(signer.jwks.keys[0]?.n));
    const forged = await new SignJWT(claimsOf()).setProtectedHeader({ alg: "HS256", kid: signer.kid }).sign(publicKey);
    expect(await verifyAt(START, forged)).toEqual({ kind: "invalid", reason: "algorithm" });
  });

  test("malformed: not a JWT, no key id where there are several keys, a critical header", async () => {
    for (const token of ["", "a.b", "a.b.c", "é"]) expect(await verifyAt(START, token)).toEqual({ kind: "invalid", reason: "malformed" });
    const both = { keys: [...signer.jwks.keys, ...other.jwks.keys] };
    const [, payload, signature] = (await signer.sign()).split(".");
    const withHeader = (header: object) => `${base64url.encode(JSON.stringify(header))}.${payload}.${signature}`;
    expect(await verifyAt(START, withHeader({ alg: "RS256" }), both)).toEqual({ kind: "invalid", reason: "malformed" });
    expect((await verifyAt(START, withHeader({ alg: "RS256", kid: signer.kid, crit: ["x"], x: 1 }))).kind).toBe("invalid");
  });
});

describe("a token that cannot be judged now is unverifiable", () => {
  test.each([
    [269_999, false],
    [270_000, true],
    [400_000, true],
  ])("unknown key, %d ms on: due %s by its own word", async (elapsed, due) => {
    expect(await verifyAt(START + elapsed, await other.sign())).toEqual({ kind: "unverifiable", reason: "unknown_key", due });
  });

  test("not valid yet: this clock is behind", async () => {
    const token = await signer.sign({ nbf: START / 1000 + 5 });
    expect(await verifyAt(START, token)).toEqual({ kind: "unverifiable", reason: "not_yet_valid", due: false });
    expect((await verifyAt(START + 5_000, token)).kind).toBe("valid");
  });

  test("but one of an unknown key that is not even a JWT, or has no lifetime, is invalid", async () => {
    expect(await verifyAt(START, await other.sign({ exp: undefined }))).toEqual({ kind: "invalid", reason: "claims" });
    expect(await verifyAt(START, await other.sign({ iat: undefined }))).toEqual({ kind: "invalid", reason: "claims" });
    const [header, , signature] = (await other.sign()).split(".");
    expect(await verifyAt(START, `${header}.${base64url.encode("x")}.${signature}`)).toEqual({ kind: "invalid", reason: "malformed" });
  });
});

test("several keys: each verifies its own tokens", async () => {
  const both = { keys: [...signer.jwks.keys, ...other.jwks.keys] };
  expect((await verifyAt(START, await signer.sign(), both)).kind).toBe("valid");
  expect((await verifyAt(START, await other.sign(), both)).kind).toBe("valid");
});

test("a damaged key in the set is a fault, and no verdict", async () => {
  const damaged = { keys: [{ ...signer.jwks.keys[0], kty: "RSA", n: "!" }] };
  await expect(verifyAt(START, await signer.sign(), damaged)).rejects.toThrow("2048");
});

test("keys that cannot be had are no verdict; a fault of the runtime comes through", async () => {
  const token = await signer.sign();
  const failing = (error: Error) => verifyAt(START + 270_000, token, signer.jwks, { keys: () => Promise.reject(error) });
  expect(await failing(new KeySetUnavailable("down", 5))).toEqual({ kind: "unverifiable", reason: "keys_unavailable", due: true });
  await expect(failing(new Error("no crypto now"))).rejects.toThrow("no crypto now");
});

describe("issuers other than WorkOS", () => {
  const oidc = { sessionIdRequired: false };

  test.each([
    [{ client_id: undefined, azp: CLIENT }, "valid"],
    [{ client_id: undefined, azp: "client_2", aud: CLIENT }, "invalid"],
    [{ client_id: undefined, aud: CLIENT }, "valid"],
    [{ client_id: undefined, aud: ["x", CLIENT] }, "valid"],
    [{ client_id: undefined, aud: "https://api.test" }, "invalid"],
    [{ client_id: undefined, sid: undefined, aud: CLIENT }, "valid"],
    [{ sid: " " }, "invalid"],
    [{ sid: 7 }, "invalid"],
  ])("%j is %s", async (claims, kind) => {
    expect((await verifyAt(START, await signer.sign(claims), signer.jwks, oidc)).kind).toBe(kind);
  });

  test("may name the API as the audience", async () => {
    const options = { ...oidc, audience: "https://api.test" };
    const kinds = [];
    for (const aud of ["https://api.test", ["https://api.test"], "https://other.test", undefined]) {
      const token = await signer.sign({ client_id: undefined, aud });
      kinds.push((await verifyAt(START, token, signer.jwks, options)).kind);
    }
    expect(kinds).toEqual(["valid", "valid", "invalid", "invalid"]);
  });
});
