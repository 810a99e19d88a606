import { hasTokens, type SessionData } from "../session-data.ts";
import type { RefreshOutcome, RefreshWish, SessionStrategy } from "./strategy.ts";

/** A strategy that keeps nothing outside of the cookie: a session ends when its cookie goes, and at the issuer. */
export function statelessStrategy(
  refresh: (session: SessionData, wish?: RefreshWish) => Promise<RefreshOutcome>,
  underWay: () => readonly string[] = () => [],
): SessionStrategy {
  return {
    cookieOf: (session) => session,
    begin: async () => ({ kind: "begun" }),
    async admit(session) {
      if (!hasTokens(session)) {
        return { kind: "signed-out", reason: "session_unknown", said: "the cookie holds no tokens: another strategy has set it" };
      }
      return { kind: "admitted", session, adopted: false, refresh: (wish) => refresh(session, wish) };
    },
    end: async () => ({ kind: "ended" }),
    underWay,
    maintain: async () => {},
  };
}
