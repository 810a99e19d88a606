import type { TokenEndpoint } from "../token-endpoint.ts";
import type { Redeem } from "./strategy.ts";

/**
 * The one place where a refresh token is presented, and where the issuer's answer becomes an outcome.
 *
 * @example
 * ```ts
 * const strategy = singleFlight(createRedemption(endpoint));
 * ```
 */
export function createRedemption(endpoint: Pick<TokenEndpoint, "redeem">): Redeem {
  return async (session) => {
    const answer = await endpoint.redeem(session.refreshToken);
    switch (answer.kind) {
      case "issued":
        // An issuer that does not rotate leaves the refresh token out; the old one stays good.
        return {
          kind: "rotated",
          session: { ...session, accessToken: answer.accessToken, refreshToken: answer.refreshToken ?? session.refreshToken },
        };
      case "misconfigured":
        // A drifted secret is the operator's trouble: the user's session has not ended.
        return { kind: "unavailable", said: answer.said, retryAfter: null };
      default:
        return answer;
    }
  };
}
