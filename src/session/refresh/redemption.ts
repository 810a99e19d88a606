import { decodeJwt } from "jose";
import type { ExpiryOf } from "../expiry.ts";
import type { Protocol } from "../protocol/protocol.ts";
import type { SessionData } from "../session-data.ts";
import type { TokenAnswer } from "../token-answer.ts";
import type { Redeem, Redemption, RefreshOutcome, RefreshWish } from "./strategy.ts";

/** No wish: the session stays in its organization. */
export const AS_IT_IS: RefreshWish = { organizationId: null };

/**
 * The one place where a refresh token is presented, and where the issuer's answer becomes the session's successor.
 *
 * @param expiryOf see {@link createExpiry}
 *
 * @example
 * ```ts
 * const redeem = createRedeem(protocol, createExpiry({ fallback: 30 * 24 * 60 * 60, ports }));
 * const redemption = await redeem(session, AS_IT_IS, 10_000);
 * ```
 */
export function createRedeem(protocol: Pick<Protocol, "redeem">, expiryOf: ExpiryOf): Redeem {
  return async (session, wish, limit) => {
    const answer = await protocol.redeem(session.refreshToken, wish.organizationId, limit);
    switch (answer.kind) {
      case "issued":
        return issued(session, answer, expiryOf(answer.refreshTokenLifetime));
      case "misconfigured":
        // A drifted secret is the operator's trouble: the user's session has not ended, and asking again at once helps nobody.
        return { kind: "unavailable", said: answer.said, retryAfter: null, issuer: "declined" };
      default:
        return answer;
    }
  };
}

/** What a strategy without a store makes of a redemption. */
export function outcomeOf(redemption: Redemption): RefreshOutcome {
  if (redemption.kind === "issued") return { kind: "rotated", session: redemption.successor };
  if (redemption.kind === "rejected") return { kind: "signed-out", reason: "refresh_rejected", said: redemption.said };
  return { kind: "unavailable", said: redemption.said, retryAfter: redemption.retryAfter };
}

function issued(session: SessionData, answer: Extract<TokenAnswer, { readonly kind: "issued" }>, expiresAt: number): Redemption {
  const { accessToken, refreshToken } = answer;
  const { sub, org_id: organizationId } = claimsOf(accessToken);
  if (sub !== undefined && sub !== session.userId) {
    // Not stored either: a mix-up at the issuer or a proxy must not hand one user's session to another.
    return { kind: "unavailable", said: "the issuer answered the refresh with another user's token", retryAfter: null, issuer: "declined" };
  }
  return {
    kind: "issued",
    successor: {
      ...session,
      generation: session.generation + 1,
      expiresAt,
      organizationId: typeof organizationId === "string" ? organizationId : sub === undefined ? session.organizationId : null,
      accessToken,
      // An issuer that does not rotate leaves the refresh token out; the old one stays good (RFC 6749 §6).
      refreshToken: refreshToken ?? session.refreshToken,
    },
  };
}

/** Unproven: the token comes from the issuer itself, and is verified before anybody is served with it. */
function claimsOf(accessToken: string): { readonly sub?: string | undefined; readonly org_id?: unknown } {
  try {
    return decodeJwt(accessToken);
  } catch {
    return {};
  }
}
