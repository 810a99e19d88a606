import { base64url, errors, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { chainKeySets } from "../keys/chain.ts";
import { KeySetUnavailable } from "../keys/key-set.ts";
import { createRemoteKeySet } from "../keys/remote.ts";
import { createStaticKeySet } from "../keys/static.ts";
import { CLIENT, claimsOf, createSigner, createWorld, ISSUER, json, START, testVerifier, type World } from "./callback.testing.ts";
import { REJECTIONS, type RejectionReason } from "./refusal.ts";

const [signer, newer] = [await createSigner("key-1"), await createSigner("key-2")];
const impostor = await createSigner("key-1");
const both = { keys: [...signer.jwks.keys, ...newer.jwks.keys] };

let world: World;
beforeEach(() => {
  world = createWorld();
});

function verify(authorization: string | null, jwks = both) {
  return testVerifier(world, jwks)(authorization);
}

async function signRaw(payload: string | Uint8Array): Promise<string> {
  const header = base64url.encode(JSON.stringify({ alg: "RS256", kid: "key-1" }));
  const body = base64url.encode(payload);
  const data = new TextEncoder().encode(`${header}.${body}`);
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", signer.privateKey, data);
  return `${header}.${body}.${base64url.encode(new Uint8Array(signature))}`;
}

test("a good token is accepted, with what it says, and nothing is logged", async () => {
  const verdict = await verify(`Bearer ${await signer.sign()}`);
  expect(verdict).toEqual({
    kind: "accepted",
    token: {
      userId: "user_ada",
      ids: { token_id: "jti_1", session_id: "session_1" },
      expiresAt: START + 300_000,
      claims: claimsOf(),
    },
  });
  expect(world.log).toEqual([]);
});

test.each(["bearer", "BEARER", "Bearer  "])("the scheme as %j", async (scheme) => {
  expect((await verify(`${scheme} ${await signer.sign()}`)).kind).toBe("accepted");
});

test("a token that names no key is accepted when there is only one", async () => {
  expect((await verify(`Bearer ${await signer.sign({}, { kid: undefined })}`, signer.jwks)).kind).toBe("accepted");
});

describe("every rejection has its reason, which is logged, and nothing of the token is", () => {
  const hs256 = () =>
    new SignJWT(claimsOf()).setProtectedHeader({ alg: "HS256", kid: "key-1" }).sign(base64url.decode(String(signer.jwks.keys[0]?.n)));
  const cases: readonly (readonly [RejectionReason, string, () => Promise<string | null> | string | null])[] = [
    ["authorization_missing", "no header", () => null],
    ["authorization_malformed", "an empty header", () => ""],
    ["authorization_malformed", "no scheme", () => signer.sign()],
    ["authorization_malformed", "another scheme", async () => `Basic ${await signer.sign()}`],
    ["authorization_malformed", "a scheme that begins alike", async () => `Bearerer ${await signer.sign()}`],
    ["authorization_malformed", "a scheme that ends alike", async () => `X-Bearer ${await signer.sign()}`],
    ["authorization_malformed", "no token", () => "Bearer"],
    ["authorization_malformed", "a blank token", () => "Bearer  "],
    ["authorization_malformed", "no space", async () => `Bearer${await signer.sign()}`],
    ["authorization_malformed", "two tokens", async () => `Bearer ${await signer.sign()} ${await signer.sign()}`],
    ["authorization_malformed", "two headers", async () => `Bearer ${await signer.sign()}, Bearer ${await signer.sign()}`],
    ["authorization_malformed", "two headers without a space", async () => `Bearer ${await signer.sign()},x`],
    ["token_too_large", "17 KB", async () => `Bearer ${await signer.sign({ more: "x".repeat(17_000) })}`],
    ["token_malformed", "not a JWT", () => "Bearer abc"],
    ["token_malformed", "a payload that is no JSON", async () => `Bearer ${await signRaw("{")}`],
    ["token_malformed", "a payload that is a list", async () => `Bearer ${await signRaw("[]")}`],
    ["token_malformed", "a payload that is not UTF-8", async () => `Bearer ${await signRaw(new Uint8Array([0x7b, 0xff, 0x7d]))}`],
    ["duplicate_names", "two subjects", async () => `Bearer ${await signRaw(`{"sub":"user_ben",${JSON.stringify(claimsOf()).slice(1)}`)}`],
    ["algorithm_not_allowed", "HS256 with the public key", async () => `Bearer ${await hs256()}`],
    [
      "header_not_supported",
      "an extension",
      async () => `Bearer ${(await signRaw("{}")).replace(/^[^.]+/, base64url.encode('{"alg":"RS256","crit":["x"],"x":1}'))}`,
    ],
    ["type_not_allowed", "a logout token", async () => `Bearer ${await signer.sign({}, { typ: "logout+jwt" })}`],
    ["unknown_key", "another key's name", async () => `Bearer ${await signer.sign({}, { kid: "key-9" })}`],
    ["key_ambiguous", "no key's name", async () => `Bearer ${await signer.sign({}, { kid: undefined })}`],
    ["signature_invalid", "another key under the same name", async () => `Bearer ${await impostor.sign()}`],
    ["signature_invalid", "no signature", async () => `Bearer ${(await signer.sign()).replace(/[^.]+$/, "")}`],
    ["signature_invalid", "an expired forgery", async () => `Bearer ${await impostor.sign({ exp: 1 })}`],
    ["issuer_not_allowed", "another issuer", async () => `Bearer ${await signer.sign({ iss: "https://evil.example" })}`],
    ["client_mismatch", "another client", async () => `Bearer ${await signer.sign({ client_id: "client_2" })}`],
    ["audience_mismatch", "another audience", async () => `Bearer ${await signer.sign({ aud: "other" })}`],
    ["claim_malformed", "an end in words", async () => `Bearer ${await signRaw(JSON.stringify(claimsOf({ exp: "soon" })))}`],
    ["expiry_missing", "no end", async () => `Bearer ${await signer.sign({ exp: undefined })}`],
    ["expired", "past its end", async () => `Bearer ${await signer.sign({ exp: START / 1000 - 5 })}`],
    ["not_yet_valid", "before its time", async () => `Bearer ${await signer.sign({ nbf: START / 1000 + 60 })}`],
    ["subject_missing", "nobody", async () => `Bearer ${await signer.sign({ sub: " " })}`],
    ["identity_missing", "neither token nor session", async () => `Bearer ${await signer.sign({ jti: " ", sid: undefined })}`],
  ];

  test.each(cases)("%s: %s", async (reason, _, make) => {
    expect(await verify(await make())).toEqual({ kind: "rejected", reason });
    expect(world.log).toEqual([{ event: "rejected", reason }]);
  });

  test("no reason of the verifier is left out", () => {
    const others = ["user_not_found", "user_mismatch", "email_missing"];
    expect(new Set([...cases.map(([reason]) => reason), ...others])).toEqual(new Set(Object.keys(REJECTIONS)));
  });
});

describe("keys that cannot be had are an outage and never a rejection", () => {
  test("with the key set's own wait", async () => {
    const keys = () => Promise.reject(new KeySetUnavailable("the key set: the answer was 503", 7));
    const verdict = await testVerifier(world, both, { keys })(`Bearer ${await signer.sign()}`);
    expect(verdict).toEqual({ kind: "unavailable", dependency: "keys", said: "the key set: the answer was 503", retryAfter: 7 });
    expect(world.log).toEqual([{ event: "unavailable", dependency: "keys", said: "the key set: the answer was 503" }]);
  });

  test("at least a second", async () => {
    const keys = () => Promise.reject(new KeySetUnavailable("down", 0));
    expect(await testVerifier(world, both, { keys })(`Bearer ${await signer.sign()}`)).toMatchObject({ retryAfter: 1 });
  });

  test.each([new Error("the pool is gone"), new errors.JWKSInvalid("no set")])("also when it is %s", async (error) => {
    const verdict = await testVerifier(world, both, { keys: () => Promise.reject(error) })(`Bearer ${await signer.sign()}`);
    expect(verdict).toEqual({ kind: "unavailable", dependency: "keys", said: "the signature could not be checked", retryAfter: 5 });
  });
});

test("bug class: the key set cached for ever. A rotated key is seen, and the retired one is refused after the set's age", async () => {
  const url = `${ISSUER}/sso/jwks/${CLIENT}`;
  const verifyRemotely = testVerifier(world, both, { keys: createRemoteKeySet({ url, ports: world.ports }) });
  const live = { exp: START / 1000 + 7_200 };
  const [old, fresh] = [`Bearer ${await signer.sign(live)}`, `Bearer ${await newer.sign(live)}`];
  world.reply = () => json(200, signer.jwks);
  expect((await verifyRemotely(old)).kind).toBe("accepted");
  world.reply = () => json(200, newer.jwks);
  world.advance(30_000);
  expect((await verifyRemotely(fresh)).kind).toBe("accepted");
  expect(await verifyRemotely(old)).toEqual({ kind: "rejected", reason: "unknown_key" });
});

test("bug class: static keys that are stale after a rotation. The issuer is asked for an unknown key, and only then", async () => {
  const remote = createRemoteKeySet({ url: `${ISSUER}/jwks`, ports: world.ports });
  const chained = testVerifier(world, both, { keys: chainKeySets(createStaticKeySet(signer.jwks), remote) });
  expect((await chained(`Bearer ${await signer.sign()}`)).kind).toBe("accepted");
  expect(world.requests).toEqual([]);
  world.reply = () => json(200, both);
  expect((await chained(`Bearer ${await newer.sign()}`)).kind).toBe("accepted");
  world.reply = () => json(503, {});
  world.advance(30_000);
  expect((await chained(`Bearer ${await signer.sign({}, { kid: "key-9" })}`)).kind).toBe("unavailable");
});

test("the time is the moment when the keys are there", async () => {
  const keys = async () => {
    world.now += 305_000;
    return createStaticKeySet(signer.jwks)({ alg: "RS256", kid: "key-1" }, { payload: "", signature: "" });
  };
  expect(await testVerifier(world, both, { keys })(`Bearer ${await signer.sign()}`)).toEqual({ kind: "rejected", reason: "expired" });
});

describe("options by which every token or none would pass are refused at once", () => {
  test.each([
    [{ issuers: [] }, "expected at least one accepted iss in issuers, got none: name the issuer"],
    [{ issuers: [ISSUER, " "] }, "expected issuers, clientId and audiences without blanks, got a blank: set them"],
    [{ clientId: "" }, "expected issuers, clientId and audiences without blanks, got a blank: set them"],
    [{ audiences: [""] }, "expected issuers, clientId and audiences without blanks, got a blank: set them"],
    [{ clockTolerance: -1 }, "expected clockTolerance from 0 to 30 seconds, got -1"],
    [{ clockTolerance: 31 }, "expected clockTolerance from 0 to 30 seconds, got 31"],
    [{ clockTolerance: Number.NaN }, "expected clockTolerance from 0 to 30 seconds, got NaN"],
  ])("%j", (options, message) => {
    expect(() => testVerifier(world, both, options)).toThrow(new RangeError(message));
  });

  test.each([{ clockTolerance: 0 }, { clockTolerance: 30 }, { audiences: ["https://api.example"] }])("but not %j", (options) => {
    expect(() => testVerifier(world, both, options)).not.toThrow();
  });
});
