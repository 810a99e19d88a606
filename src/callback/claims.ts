import { readSignInIds, type SignInIds } from "./identity.ts";
import type { RejectionReason } from "./refusal.ts";
import { readText, type Text } from "./text.ts";

/** Seconds since the epoch: the end of the year 9999, beyond which databases and dates give up. */
const LAST_SECOND = 253_402_300_799;

/** Whose tokens are accepted. */
export interface ClaimRules {
  /** Accepted `iss` values; WorkOS has had several shapes. */
  readonly issuers: readonly string[];
  /** Required in `client_id`; where that is absent in `azp`, and where both are in `aud`. */
  readonly clientId: string;
  /** Values of `aud` that mean us, beside the client id. A token that has an `aud` must have one of them (RFC 7519 §4.1.3). */
  readonly audiences?: readonly string[];
  /** Seconds by which the issuer's clock and ours may differ; default 5, at most 30. */
  readonly clockTolerance?: number;
}

/** A token that holds. */
export interface VerifiedToken {
  readonly userId: Text;
  readonly ids: SignInIds;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** All that the issuer signed. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const DEFAULT_CLOCK_TOLERANCE = 5; // Seconds.

/**
 * Judges the claims of a token whose signature is right. Whose it is comes before whether it still holds, so that a foreign
 * token is never called expired.
 *
 * @param now Milliseconds since the epoch.
 *
 * @example
 * ```ts
 * const judged = judgeClaims(claims, { issuers: ["https://api.workos.com"], clientId: "client_1" }, Date.now());
 * if (typeof judged === "string") reject(judged);
 * ```
 */
export function judgeClaims(claims: Readonly<Record<string, unknown>>, rules: ClaimRules, now: number): VerifiedToken | RejectionReason {
  const { iss, client_id, azp, aud, exp, nbf, iat } = claims;
  const issuers: readonly unknown[] = rules.issuers;
  if (!issuers.includes(iss)) return "issuer_not_allowed";

  const audience: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const client = client_id ?? azp;
  if (client === undefined ? !audience.includes(rules.clientId) : client !== rules.clientId) return "client_mismatch";
  if (aud !== undefined && ![rules.clientId, ...(rules.audiences ?? [])].some((ours) => audience.includes(ours)))
    return "audience_mismatch";

  const seconds = Math.floor(now / 1000);
  const tolerance = rules.clockTolerance ?? DEFAULT_CLOCK_TOLERANCE;
  if (exp === undefined) return "expiry_missing";
  if (!isMoment(exp) || (nbf !== undefined && !isMoment(nbf)) || (iat !== undefined && !isMoment(iat))) return "claim_malformed";
  if (nbf !== undefined && nbf > seconds + tolerance) return "not_yet_valid";
  if (exp <= seconds - tolerance) return "expired";

  const userId = readText(claims.sub);
  if (typeof userId !== "string") return userId.kind === "absent" ? "subject_missing" : "claim_malformed";
  const ids = readSignInIds(claims);
  // Whole milliseconds, although a NumericDate may have fractions (RFC 7519 §2).
  return typeof ids === "string" ? ids : { userId, ids, expiresAt: Math.ceil(exp * 1000), claims };
}

/** JSON allows 1e400, which is Infinity and never ends. */
function isMoment(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= LAST_SECOND;
}
