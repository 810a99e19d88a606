import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from "jose";

/**
 * Finds the public key that a token's header names. Made to be given to jose's `jwtVerify` and `compactVerify`.
 *
 * @throws JWKSNoMatchingKey of jose: there is no such key, which is a verdict on the token.
 * @throws JWKSMultipleMatchingKeys of jose: the header names none and there are several.
 * @throws KeySetUnavailable when neither can be said, which is no verdict on anything.
 */
export type KeySet = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/**
 * The keys cannot be had now. Answer 503 and never 401: the token may be as good as any.
 *
 * @example
 * ```ts
 * if (error instanceof KeySetUnavailable) return new Response(null, { status: 503, headers: { "retry-after": `${error.retryAfter}` } });
 * ```
 */
export class KeySetUnavailable extends Error {
  /** Seconds after which a retry makes sense. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super(message);
    this.name = "KeySetUnavailable";
    this.retryAfter = retryAfter;
  }
}
