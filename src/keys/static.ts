import { createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import { type KeySet, KeySetUnavailable } from "./key-set.ts";

/** Seconds. A key that cannot be imported stays so until somebody acts. */
const RETRY_AFTER = 30;

/**
 * A key set from configuration: no network, also on a cold isolate. Its keys hold until the next deployment, so a key that
 * the issuer has retired is accepted until then; a key that it has added needs {@link chainKeySets}.
 *
 * @param jwks may be empty, as `bakeJwks` leaves it when it could not fetch; then there is no such key, ever.
 * @throws JWKSInvalid of jose at once, when it is no key set.
 *
 * @example
 * ```ts
 * const keys = createStaticKeySet(JSON.parse(process.env.WORKOS_JWKS));
 * await jwtVerify(token, keys);
 * ```
 */
export function createStaticKeySet(jwks: JSONWebKeySet): KeySet {
  const find = createLocalJWKSet(jwks);
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // A private or damaged key in the set is the issuer's mistake or ours, and none of the token's.
      throw new KeySetUnavailable("the key that the token names cannot be used", RETRY_AFTER);
    }
  };
}
