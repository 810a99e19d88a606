import type { Ports } from "../ports.ts";
import type { SessionData } from "../session-data.ts";
import type { RefreshPolicy } from "./policy.ts";
import type { Redeem, Redemption, RefreshWish } from "./strategy.ts";

/** How often one token is presented at most in one go. */
const MOST_ATTEMPTS = 3;

/** What {@link createPresent} needs. */
export interface PresentParts {
  readonly redeem: Redeem;
  readonly policy: Pick<RefreshPolicy, "patience" | "attempt" | "retry">;
  readonly ports: Pick<Ports, "now">;
}

/**
 * Presents a refresh token, perhaps several times.
 *
 * @param mayRepeat asked before each time but the first: whether the token is still its caller's to present.
 */
export type Present = (session: SessionData, wish: RefreshWish, mayRepeat: () => Promise<boolean>) => Promise<Redemption>;

/**
 * Presents a refresh token until there is an answer that means something, as far as that is safe:
 *
 * - a connection that was refused never reached the issuer, so it may be tried again;
 * - an answer that leaves open whether the issuer acted, silence among them, is asked for again inside of its grace, and where there is
 *   none exactly once: if it acted, its answer was the only copy of the successor and nothing is worse than before;
 * - an issuer that has declined for now is left alone.
 */
export function createPresent({ redeem, policy, ports }: PresentParts): Present {
  return async (session, wish, mayRepeat) => {
    const since = ports.now();
    let passed = 0;
    let ambiguous = 0;
    for (let attempts = 1; ; attempts++) {
      const redemption = await redeem(session, wish, Math.min(policy.attempt, policy.patience - passed));
      if (redemption.kind !== "unavailable" || redemption.issuer === "declined" || attempts === MOST_ATTEMPTS) return redemption;
      passed = ports.now() - since;
      if (redemption.issuer === "unknown") ambiguous++;
      const isTooLate = policy.retry === null ? ambiguous > 1 : ambiguous > 0 && passed >= policy.retry;
      if (isTooLate || passed >= policy.patience || !(await mayRepeat())) return redemption;
    }
  };
}
