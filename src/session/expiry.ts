import type { Ports } from "./ports.ts";

/** Seconds. 400 days: browsers keep no cookie for longer (RFC 6265bis, cookie lifetime limits). */
const LONGEST = 400 * 24 * 60 * 60;

/**
 * When a refresh token ends that was issued now, in milliseconds since the epoch.
 *
 * @param lifetime Seconds in the issuer's words; null when it says none.
 */
export type ExpiryOf = (lifetime: number | null) => number;

/**
 * The end of refresh tokens. Cookies and records live by it: a cookie that ends sooner signs out a session that still lives.
 *
 * @param options.fallback Seconds that a refresh token lives where the issuer does not say.
 *
 * @example
 * ```ts
 * const expiryOf = createExpiry({ fallback: 60, ports: { now: () => 1_000 } });
 * expiryOf(1_800); // 1_801_000
 * expiryOf(null); // 61_000
 * ```
 */
export function createExpiry(options: { readonly fallback: number; readonly ports: Pick<Ports, "now"> }): ExpiryOf {
  return (lifetime) => options.ports.now() + Math.min(lifetime ?? options.fallback, LONGEST) * 1000;
}
