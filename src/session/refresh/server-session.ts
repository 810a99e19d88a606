import { encodeSession, referenceTo } from "../session-data.ts";
import { createBook, StoreFault } from "./book.ts";
import { ledger } from "./ledger.ts";
import { firstRecord } from "./ledger-record.ts";
import type { SessionStrategy, StrategyParts } from "./strategy.ts";

/**
 * The tokens stay in the store, and the browser has an opaque cookie that names the session and its generation. Everything else
 * is the ledger's: a cookie that was stolen is found out just as well, because a rotation gives the browser another one.
 *
 * For browsers and proxies that do not take large cookies, and for tokens that must not leave the house, sealed or not. It needs the
 * store for every page, which `ledger` needs only for the epoch.
 *
 * @example
 * ```ts
 * createSession({ ...options, store, strategy: serverSession });
 * ```
 */
export function serverSession(parts: StrategyParts): SessionStrategy {
  const book = createBook(parts);
  return {
    ...ledger(parts),
    cookieOf: referenceTo,
    async begin(session) {
      const sealed = await parts.seal.seal(encodeSession(session));
      try {
        await book.write(session.key, { record: null, version: 0 }, { ...firstRecord(session), sealed });
        return { kind: "begun" };
      } catch (error) {
        if (error instanceof StoreFault) return { kind: "unavailable", said: error.message, retryAfter: null };
        throw error;
      }
    },
  };
}
