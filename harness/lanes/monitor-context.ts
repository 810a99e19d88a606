import type { Profile } from "../issuer/profile.ts";
import type { MonitorContext } from "../model/invariant.ts";

/** Milliseconds. The longest time before its end at which a client may take an access token for expired. */
const MOST_SKEW = 30_000;

/**
 * What monitors are told of a cell's issuer.
 *
 * @param accessTokenLifetime milliseconds
 * @param promised what the strategy promises
 *
 * @example
 * ```ts
 * monitorContext(profiles["better-auth"], 300_000, []).reuseEnds; // "user"
 * ```
 */
export function monitorContext(
  { lateReuse, lifetimes }: Profile,
  accessTokenLifetime: number,
  promised: MonitorContext["promised"],
): MonitorContext {
  const inMilliseconds = (seconds: number | null) => (seconds === null ? null : seconds * 1_000);
  return {
    accessTokenLifetime,
    skew: Math.min(MOST_SKEW, accessTokenLifetime / 10),
    promised,
    reuseEnds: lateReuse === "client-user" ? "user" : "session",
    refreshTokenLives: {
      issued: inMilliseconds(lifetimes.refreshToken),
      signedIn: inMilliseconds(lifetimes.absolute),
      unused: inMilliseconds(lifetimes.inactivity),
    },
  };
}
