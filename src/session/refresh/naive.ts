import { AS_IT_IS, outcomeOf } from "./redemption.ts";
import { statelessStrategy } from "./stateless.ts";
import type { SessionStrategy, StrategyParts } from "./strategy.ts";

/**
 * Every request redeems for itself. Under an issuer that rotates, concurrent requests look like a thief to it: this is the
 * five-minute logout, kept as the "before" of the others.
 *
 * @example
 * ```ts
 * createSession({ ...options, strategy: naive });
 * ```
 */
export function naive({ redeem, policy }: Pick<StrategyParts, "redeem" | "policy">): SessionStrategy {
  return statelessStrategy(async (session, wish = AS_IT_IS) => outcomeOf(await redeem(session, wish, policy.patience)));
}
