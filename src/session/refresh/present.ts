import type { Ports } from "../ports.ts";
import type { SessionData } from "../session-data.ts";
import type { RefreshPolicy } from "./policy.ts";
import type { Redeem, Redemption, RefreshWish } from "./strategy.ts";

/** How often one token is presented at most in one go. */
const MOST_ATTEMPTS = 3;

/** What {@link createPresent} needs. */
export interface PresentParts {
  readonly redeem: Redeem;
  readonly policy: Pick<RefreshPolicy, "attempt" | "retry">;
  readonly ports: Pick<Ports, "now" | "wait">;
}

/**
 * Presents a refresh token until there is an answer that means something, as far as that is safe:
 *
 * - a connection that was refused never reached the issuer, so it may be tried again;
 * - an answer that leaves open whether the issuer acted is asked for again inside of its grace, and where there is none
 *   exactly once: if it acted, its answer was the only copy of the successor and nothing is worse than before;
 * - an issuer that has declined for now is left alone.
 */
export function createPresent({ redeem, policy, ports }: PresentParts): Redeem {
  async function attempt(session: SessionData, wish: RefreshWish): Promise<Redemption> {
    if (policy.attempt === null) return redeem(session, wish);
    const answered = new AbortController();
    const late = ports.wait(policy.attempt, answered.signal).then((): Redemption => TOO_LATE);
    const redemption = await Promise.race([redeem(session, wish), late]);
    answered.abort();
    return redemption;
  }

  return async (session, wish) => {
    const since = ports.now();
    let ambiguous = 0;
    for (let attempts = 1; ; attempts++) {
      const redemption = await attempt(session, wish);
      if (redemption.kind !== "unavailable" || redemption.issuer === "declined" || attempts === MOST_ATTEMPTS) return redemption;
      if (redemption.issuer === "unreached") continue;
      ambiguous++;
      const again = policy.retry === null ? ambiguous === 1 : ports.now() < since + policy.retry;
      if (!again) return redemption;
    }
  };
}

const TOO_LATE: Redemption = { kind: "unavailable", said: "the issuer did not answer in time", retryAfter: null, issuer: "unknown" };
