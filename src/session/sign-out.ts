import { DEFAULT_RETRY_AFTER } from "./authenticate.ts";
import type { SessionCookie } from "./cookie.ts";
import { storing } from "./cookie-header.ts";
import type { Protocol } from "./protocol/protocol.ts";
import type { SessionStrategy } from "./refresh/strategy.ts";
import { hasTokens } from "./session-data.ts";
import { transactionCookies } from "./transaction.ts";

/** The end of a session here, and where the browser ends it at the issuer. */
export type SignOutResult =
  | { readonly kind: "signed-out"; readonly location: string; readonly headers: Headers }
  /** The end could not be stored, so the cookie stays: the person should try again. */
  | { readonly kind: "unavailable"; readonly said: string; readonly retryAfter: number };

/** Signs the browser of a request out. The caller sees to it that the request is a POST of its own pages. */
export type SignOut = (request: Request) => Promise<SignOutResult>;

/** The parts that {@link createSignOut} puts together. */
export interface SignOutParts {
  readonly protocol: Protocol;
  readonly strategy: SessionStrategy;
  readonly afterSignOut: string;
  readonly cookie: SessionCookie;
}

/**
 * Signs out: ends every session that the browser holds, here and at the issuer, clears its cookies whatever they hold, and names the
 * issuer's logout URL; without a readable session there is nothing to end at the issuer, and the browser goes straight on.
 *
 * @example
 * ```ts
 * const result = await signOut(request);
 * ```
 */
export function createSignOut({ protocol, strategy, afterSignOut, cookie }: SignOutParts): SignOut {
  return async (request) => {
    const brought = request.headers.get("cookie");
    const opened = await cookie.open(brought);
    // The cookies of sign-ins too: for a minute, the address of a callback and one of them would bring the session back.
    const headers = storing(cookie.clear([...(opened.kind === "absent" ? [] : opened.names), ...transactionCookies(brought)]));
    if (opened.kind !== "opened") return { kind: "signed-out", location: afterSignOut, headers };
    const admission = hasTokens(opened.session) ? null : await strategy.admit(opened.session);
    for (const session of [opened.session, ...opened.others]) {
      const ending = await strategy.end(session, "session_ended");
      if (ending.kind === "unavailable") {
        return { kind: "unavailable", said: ending.said, retryAfter: ending.retryAfter ?? DEFAULT_RETRY_AFTER };
      }
    }
    const session = hasTokens(opened.session) ? opened.session : admission?.kind === "admitted" ? admission.session : null;
    const location = session === null ? null : await protocol.logoutUrl(session.sessionId, afterSignOut);
    return { kind: "signed-out", location: location ?? afterSignOut, headers };
  };
}
