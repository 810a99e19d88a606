import type { RefreshStrategyFactory } from "./strategy.ts";

/**
 * Every request redeems for itself. Under an issuer that rotates, concurrent requests look like a thief to it: this is the
 * five-minute logout, kept as the "before" of the others.
 *
 * @example
 * ```ts
 * createSession({ ...options, strategy: naive });
 * ```
 */
export const naive: RefreshStrategyFactory = (redeem) => ({ refresh: redeem });
