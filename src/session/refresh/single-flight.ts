import type { SessionData } from "../session-data.ts";
import { AS_IT_IS, outcomeOf } from "./redemption.ts";
import { statelessStrategy } from "./stateless.ts";
import type { RefreshOutcome, SessionStrategy, StrategyParts } from "./strategy.ts";

/**
 * Requests of one isolate that hold the same refresh token share one redemption while it is in flight.
 *
 * Its known gap is kept on purpose: the entry goes when the flight settles, so a request that arrives later with the old
 * cookie, or in another isolate, redeems a spent token.
 *
 * @example
 * ```ts
 * createSession({ ...options, strategy: singleFlight });
 * ```
 */
export function singleFlight({ redeem, policy }: Pick<StrategyParts, "redeem" | "policy">): SessionStrategy {
  // Keyed by the token itself: a digest would have to be awaited between look-up and entry, and open the very race it closes.
  const flights = new Map<string, { readonly session: SessionData; readonly outcome: Promise<RefreshOutcome> }>();
  return statelessStrategy(
    (session, wish = AS_IT_IS) => {
      const pending = flights.get(session.refreshToken);
      if (pending !== undefined) return pending.outcome;
      const outcome = redeem(session, wish, policy.patience)
        .then(outcomeOf)
        .finally(() => flights.delete(session.refreshToken));
      flights.set(session.refreshToken, { session, outcome });
      return outcome;
    },
    () => [...flights.values()].map(({ session }) => `flight ${session.key} ${session.generation}`).sort(),
  );
}
