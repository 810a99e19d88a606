import type { SessionCookie } from "./cookie.ts";
import { storing } from "./cookie-header.ts";

/** The end of a session here, and where the browser ends it at the issuer. */
export interface SignOutResult {
  readonly location: string;
  readonly headers: Headers;
}

/** Signs the browser of a request out. The caller sees to it that the request is a POST of its own pages. */
export type SignOut = (request: Request) => Promise<SignOutResult>;

/** The parts that {@link createSignOut} puts together. */
export interface SignOutParts {
  /** Origin of the WorkOS API. */
  readonly issuerOrigin: string;
  readonly afterSignOut: string;
  readonly cookie: SessionCookie;
}

/**
 * Signs out: clears the cookie, whatever it holds, and names the issuer's logout URL; without a readable session there is
 * nothing to end at the issuer, and the browser goes straight on.
 *
 * @example
 * ```ts
 * const { location, headers } = await signOut(request);
 * ```
 */
export function createSignOut(parts: SignOutParts): SignOut {
  return async (request) => {
    const opened = await parts.cookie.open(request.headers.get("cookie"));
    const headers = storing(parts.cookie.clear());
    if (opened.kind !== "opened") return { location: parts.afterSignOut, headers };
    const location = new URL("/user_management/sessions/logout", parts.issuerOrigin);
    location.search = new URLSearchParams({ session_id: opened.session.sessionId, return_to: parts.afterSignOut }).toString();
    return { location: location.href, headers };
  };
}
