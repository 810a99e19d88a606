import { HoldfastError } from "../../model/error.ts";
import type { SigningKey } from "../options.ts";

/** The signing keys of one issuer: which one signs now, and which are published. */
export interface KeyRing {
  signer(): SigningKey;
  /** The public halves, as a key set. */
  published(): { readonly keys: readonly Record<string, unknown>[] };
}

/** @throws {HoldfastError} `BAD_USAGE` without a key */
export function createKeyRing(keys: readonly SigningKey[]): KeyRing {
  const [first] = keys;
  if (first === undefined) {
    throw new HoldfastError("BAD_USAGE", "expected at least one signing key, got none", "pass `keys`, for instance from fixtures/keys");
  }
  const publicKeys = keys.map(({ kid, privateJwk: { kty, n, e } }) => ({ kty, n, e, kid, alg: "RS256", use: "sig" }));
  return { signer: () => first, published: () => ({ keys: publicKeys }) };
}
