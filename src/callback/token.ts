import { compactVerify, errors } from "jose";
import { type KeySet, KeySetUnavailable } from "../keys/key-set.ts";
import { type ClaimRules, judgeClaims, type VerifiedToken } from "./claims.ts";
import { judgeShape, readJsonObject } from "./jwt-shape.ts";
import { type Log, logged, type Refusal, type RejectionReason, rejected, unavailable } from "./refusal.ts";

/** Seconds; beyond it a tolerance stretches a token's life rather than forgives a clock. */
const MAX_CLOCK_TOLERANCE = 30;

export interface TokenVerifierOptions extends ClaimRules {
  readonly keys: KeySet;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: Log;
}

/** @param authorization the header as it came; null when there is none. Never rejects because of what it holds. */
export type VerifyToken = (authorization: string | null) => Promise<{ readonly kind: "accepted"; readonly token: VerifiedToken } | Refusal>;

/**
 * Verifies bearer tokens: form, signature (RS256 only), issuer, client, times, user and sign-in. Refusals are logged here.
 *
 * @throws RangeError at once, when an option would let every token or none pass.
 *
 * @example
 * ```ts
 * const verify = createTokenVerifier({ keys, issuers: ["https://api.workos.com"], clientId: "client_1", now: Date.now, log });
 * const verdict = await verify(request.headers.get("authorization"));
 * if (verdict.kind === "accepted") serve(verdict.token.userId);
 * ```
 */
export function createTokenVerifier(options: TokenVerifierOptions): VerifyToken {
  refuseBadOptions(options);

  async function decide(authorization: string | null): ReturnType<VerifyToken> {
    if (authorization === null) return rejected("authorization_missing");
    // The scheme is case-insensitive (RFC 9110 §11.1); a comma would be a second credential.
    const token = /^bearer +([^\s,]+)$/i.exec(authorization)?.[1];
    if (token === undefined) return rejected("authorization_malformed");
    const misshapen = judgeShape(token);
    if (misshapen !== null) return rejected(misshapen);

    let payload: Uint8Array;
    try {
      ({ payload } = await compactVerify(token, options.keys, { algorithms: ["RS256"] }));
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== null) return rejected(reason);
      if (error instanceof KeySetUnavailable) return unavailable("keys", error.message, error.retryAfter);
      // A fault of the runtime's crypto, or a key that it refuses, is no statement about the token.
      return unavailable("keys", "the signature could not be checked", null);
    }
    const claims = readJsonObject(payload);
    if (typeof claims === "string") return rejected(claims);
    const judged = judgeClaims(claims, options, options.now());
    return typeof judged === "string" ? rejected(judged) : { kind: "accepted", token: judged };
  }

  return async (authorization) => {
    const verdict = await decide(authorization);
    return verdict.kind === "accepted" ? verdict : logged(options.log, verdict);
  };
}

/** Null for what is no verdict on the token. */
function reasonOf(error: unknown): RejectionReason | null {
  if (error instanceof errors.JWKSNoMatchingKey) return "unknown_key";
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "key_ambiguous";
  return error instanceof errors.JWSSignatureVerificationFailed ? "signature_invalid" : null;
}

function refuseBadOptions({ issuers, clientId, audiences = [], clockTolerance = 0 }: ClaimRules): void {
  if (issuers.length === 0) throw new RangeError("expected at least one accepted iss in issuers, got none: name the issuer");
  for (const text of [...issuers, clientId, ...audiences]) {
    // A blank id would compare equal to a blank claim.
    if (text.trim() === "") throw new RangeError("expected issuers, clientId and audiences without blanks, got a blank: set them");
  }
  if (!(clockTolerance >= 0 && clockTolerance <= MAX_CLOCK_TOLERANCE)) {
    throw new RangeError(`expected clockTolerance from 0 to ${MAX_CLOCK_TOLERANCE} seconds, got ${clockTolerance}`);
  }
}
