import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { type KeySet, KeySetUnavailable } from "../keys/key-set.ts";

/** Milliseconds. The longest time before its end at which an access token is due for a refresh. */
const MAX_SKEW = 30_000;

/** The claims of an accepted access token; whatever else the issuer signed is there too. */
export interface AccessTokenClaims extends JWTPayload {
  readonly iss: string;
  /** The user's id, never blank. */
  readonly sub: string;
  /** The session's id, never blank; issuers other than WorkOS may leave it out. */
  readonly sid?: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** Why a token can never be accepted here. */
export type InvalidReason = "malformed" | "algorithm" | "signature" | "issuer" | "client" | "claims";

/** Why nobody can say now. */
export type UnverifiableReason = "unknown_key" | "keys_unavailable" | "not_yet_valid";

/** What an access token is worth at this moment. */
export type AccessToken =
  /** `due`: it still holds, but it is time for a refresh. `expiresAt` in milliseconds since the epoch. */
  | { readonly kind: "valid"; readonly claims: AccessTokenClaims; readonly due: boolean; readonly expiresAt: number }
  /** Once valid: signature, issuer and client are right, and it is past its end. */
  | { readonly kind: "expired"; readonly claims: AccessTokenClaims }
  /**
   * Neither proven nor disproven: the key set is older than the token or cannot be had, or this clock is behind. Not the user's
   * fault, and never a reason to serve. `due` rests on the token's own unproven word, so it may decide about a refresh and nothing else.
   */
  | { readonly kind: "unverifiable"; readonly reason: UnverifiableReason; readonly due: boolean }
  | { readonly kind: "invalid"; readonly reason: InvalidReason };

/** Whose access tokens are accepted. */
export interface AccessTokenOptions {
  /** The issuer's public keys. */
  readonly keys: KeySet;
  /** Accepted `iss` values; WorkOS has had several shapes. */
  readonly issuers: readonly string[];
  /** Required `client_id`, or `azp`; where a token has neither, it must stand in `aud`. */
  readonly clientId: string;
  /** A further `aud` that is accepted of tokens that name no client; null when there is none. */
  readonly audience: string | null;
  /** Whether a token without `sid` is refused, as for WorkOS. */
  readonly sessionIdRequired: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** @returns What `token` is worth; it never rejects because of what the token holds. */
export type VerifyAccessToken = (token: string) => Promise<AccessToken>;

/**
 * Verifies access tokens: RS256 only, `iss` from a list, the client, `exp`, `iat`, `sub` and `sid`.
 *
 * @example
 * ```ts
 * const verify = createAccessTokenVerifier({ keys, issuers: ["https://api.workos.com"], clientId: "client_1", audience: null, sessionIdRequired: true, now: Date.now });
 * const token = await verify(bearer);
 * if (token.kind === "valid") serve(token.claims.sub);
 * ```
 */
export function createAccessTokenVerifier(options: AccessTokenOptions): VerifyAccessToken {
  const requiredClaims = ["sub", "exp", "iat", ...(options.sessionIdRequired ? ["sid"] : [])];
  const fixed = { algorithms: ["RS256"], issuer: [...options.issuers], requiredClaims };

  return async (token) => {
    const now = options.now();
    try {
      const { payload } = await jwtVerify(token, options.keys, { ...fixed, currentDate: new Date(now) });
      const claims = judge(payload, options);
      if (typeof claims === "string") return { kind: "invalid", reason: claims };
      return { kind: "valid", claims, due: isDue(claims, now), expiresAt: claims.exp * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        // jose looks at the end last, after signature, issuer and the presence of claims.
        const claims = judge(error.payload, options);
        return typeof claims === "string" ? { kind: "invalid", reason: claims } : { kind: "expired", claims };
      }
      return classifyFailure(error, token, now);
    }
  };
}

/**
 * How long before its end an access token is due for a refresh: min(30 s, lifetime / 10), so that a very short token is not
 * due all its life.
 *
 * @param claims `iat` and `exp` in seconds.
 * @returns Milliseconds.
 *
 * @example
 * ```ts
 * skewOf({ iat: 0, exp: 300 }); // 30_000
 * skewOf({ iat: 0, exp: 60 }); // 6_000
 * ```
 */
export function skewOf(claims: Pick<AccessTokenClaims, "iat" | "exp">): number {
  return Math.max(0, Math.min(MAX_SKEW, (claims.exp - claims.iat) * 100));
}

/** The checks that jose does not make. */
function judge(payload: JWTPayload, options: AccessTokenOptions): AccessTokenClaims | InvalidReason {
  if (!isForClient(payload, options)) return "client";
  if (isBlank(payload.sub) || (payload.sid !== undefined && isBlank(payload.sid))) return "claims";
  return payload as AccessTokenClaims;
}

/** Production tokens of WorkOS name their client and carry no audience; others do it the other way round (RFC 9068 §2.2). */
function isForClient({ client_id: clientId, azp, aud }: JWTPayload, options: AccessTokenOptions): boolean {
  const named = clientId ?? azp;
  if (named !== undefined) return named === options.clientId;
  const audiences = Array.isArray(aud) ? aud : [aud];
  return audiences.includes(options.clientId) || (options.audience !== null && audiences.includes(options.audience));
}

function isBlank(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}

function isDue(claims: Pick<AccessTokenClaims, "iat" | "exp">, now: number): boolean {
  return now >= claims.exp * 1000 - skewOf(claims);
}

function classifyFailure(error: unknown, token: string, now: number): AccessToken {
  // A fault of the runtime's crypto or of the key set itself is no statement about the token.
  if (error instanceof KeySetUnavailable) return unverifiable("keys_unavailable", token, now);
  if (!(error instanceof errors.JOSEError)) throw error;
  if (error instanceof errors.JWKSNoMatchingKey) return unverifiable("unknown_key", token, now);
  if (error instanceof errors.JOSEAlgNotAllowed) return { kind: "invalid", reason: "algorithm" };
  if (error instanceof errors.JWSSignatureVerificationFailed) return { kind: "invalid", reason: "signature" };
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return { kind: "invalid", reason: "issuer" };
    if (error.claim === "nbf" && error.reason === "check_failed") return unverifiable("not_yet_valid", token, now);
    return { kind: "invalid", reason: "claims" };
  }
  return { kind: "invalid", reason: "malformed" };
}

function unverifiable(reason: UnverifiableReason, token: string, now: number): AccessToken {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(token);
  } catch {
    return { kind: "invalid", reason: "malformed" };
  }
  const { iat, exp } = claims;
  if (typeof iat !== "number" || typeof exp !== "number") return { kind: "invalid", reason: "claims" };
  return { kind: "unverifiable", reason, due: isDue({ iat, exp }, now) };
}
