import { errors } from "jose";
import { type KeySet, KeySetUnavailable } from "./key-set.ts";

/**
 * Asks one key set and, when it has no such key or cannot say, the next: baked keys first and the issuer for a key that it has
 * added since the deployment.
 *
 * @example
 * ```ts
 * const keys = chainKeySets(createStaticKeySet(baked), createRemoteKeySet({ url, ports }));
 * ```
 */
export function chainKeySets(first: KeySet, next: KeySet): KeySet {
  return async (header, token) => {
    try {
      return await first(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof KeySetUnavailable) return next(header, token);
      throw error;
    }
  };
}
