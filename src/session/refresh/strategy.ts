import type { SessionData } from "../cookie.ts";

/** What became of a refresh. */
export type RefreshOutcome =
  /** `session` replaces the one that was presented, and must be stored. */
  | { readonly kind: "rotated"; readonly session: SessionData }
  /** The strategy's definitive verdict: the session has ended. `said` is the issuer's own words. */
  | { readonly kind: "rejected"; readonly said: string }
  /** No verdict; the session stays as it is. `retryAfter` in seconds, null when nobody named any. */
  | { readonly kind: "unavailable"; readonly said: string; readonly retryAfter: number | null };

/** Presents a session's refresh token to the issuer, once. */
export type Redeem = (session: SessionData) => Promise<RefreshOutcome>;

/** How requests that want to refresh the same session come to terms with each other. One instance lives in one isolate. */
export interface RefreshStrategy {
  refresh(session: SessionData): Promise<RefreshOutcome>;
}

/** What `createSession` takes: makes the strategy of one isolate around the one way of redeeming. */
export type RefreshStrategyFactory = (redeem: Redeem) => RefreshStrategy;
