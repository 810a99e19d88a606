import { errors, exportJWK, type JSONWebKeySet } from "jose";
import { describe, expect, test } from "vitest";
import { createSigner } from "../callback/callback.testing.ts";
import { KeySetUnavailable } from "./key-set.ts";
import { createStaticKeySet } from "./static.ts";

const signer = await createSigner("key-1");
const other = await createSigner("key-2");
const token = { payload: "", signature: "" };
const both = { keys: [...signer.jwks.keys, ...other.jwks.keys] };

function find(jwks: JSONWebKeySet, header: Record<string, unknown>) {
  return createStaticKeySet(jwks)({ alg: "RS256", ...header }, token);
}

test("finds the key that the header names, and the only key when it names none", async () => {
  expect(await find(both, { kid: "key-2" })).toMatchObject({ type: "public" });
  expect(await find(signer.jwks, {})).toMatchObject({ type: "public" });
});

describe("says that there is no such key", () => {
  test.each([[{ kid: "key-3" }], [{ kid: "" }], [{ kid: 7 }], [{ kid: "KEY-1" }]])("%j", async (header) => {
    await expect(find(both, header)).rejects.toThrow(errors.JWKSNoMatchingKey);
  });

  test("in an empty set", async () => {
    await expect(find({ keys: [] }, { kid: "key-1" })).rejects.toThrow(errors.JWKSNoMatchingKey);
  });
});

test("says that there are several when the header names none", async () => {
  await expect(find(both, {})).rejects.toThrow(errors.JWKSMultipleMatchingKeys);
});

test("a damaged or private key in the set is an outage, not a verdict", async () => {
  const damaged = { keys: [{ kty: "RSA", kid: "key-1", alg: "RS256", e: "AQAB" }] };
  const secret = { keys: [{ ...(await exportJWK(signer.privateKey)), kid: "key-1" }] };
  for (const jwks of [damaged, secret]) {
    const failure = await find(jwks, { kid: "key-1" }).catch((error) => error);
    expect(failure).toBeInstanceOf(KeySetUnavailable);
    expect(failure).toMatchObject({ name: "KeySetUnavailable", message: "the key that the token names cannot be used", retryAfter: 30 });
  }
});

test("what is no key set is refused at once", () => {
  expect(() => createStaticKeySet({} as JSONWebKeySet)).toThrow(errors.JWKSInvalid);
});
