import { type CryptoKey, errors } from "jose";
import { expect, test, vi } from "vitest";
import { createSigner } from "../callback/callback.testing.ts";
import { chainKeySets } from "./chain.ts";
import { KeySetUnavailable } from "./key-set.ts";
import { createStaticKeySet } from "./static.ts";

const key = {} as CryptoKey;
const header = { alg: "RS256", kid: "key-1" };
const token = { payload: "", signature: "" };

test("a key of the first set is found without asking the next", async () => {
  const signer = await createSigner();
  const next = vi.fn();
  await chainKeySets(createStaticKeySet(signer.jwks), next)(header, token);
  expect(next).not.toHaveBeenCalled();
});

test.each([new errors.JWKSNoMatchingKey(), new KeySetUnavailable("damaged", 1)])("after %s the next is asked the same", async (error) => {
  const next = vi.fn(async () => key);
  expect(await chainKeySets(() => Promise.reject(error), next)(header, token)).toBe(key);
  expect(next).toHaveBeenCalledExactlyOnceWith(header, token);
});

test("any other refusal of the first is final", async () => {
  const next = vi.fn();
  const error = new errors.JWKSMultipleMatchingKeys();
  await expect(chainKeySets(() => Promise.reject(error), next)(header, token)).rejects.toBe(error);
  expect(next).not.toHaveBeenCalled();
});

test("what the next says is what is said", async () => {
  const error = new KeySetUnavailable("down", 5);
  const chain = chainKeySets(createStaticKeySet({ keys: [] }), () => Promise.reject(error));
  await expect(chain(header, token)).rejects.toBe(error);
});
