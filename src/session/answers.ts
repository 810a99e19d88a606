import type { Authentication } from "./authenticate.ts";

/** A JSON answer. */
export function json(status: number, body: unknown, headers = new Headers()): Response {
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(body), { status, headers });
}

/** An error as the API answers all of them. */
export function refusal(status: number, code: string, message: string, headers = new Headers()): Response {
  return json(status, { error: { code, message } }, headers);
}

/**
 * Sends the browser elsewhere with a GET.
 *
 * @param status 303 after a POST; 302 after a GET.
 */
export function redirect(status: 302 | 303 | 307, location: string, headers = new Headers()): Response {
  headers.set("location", location);
  return new Response(null, { status, headers });
}

/** Not now: nobody stores this, and the browser may ask again. */
export function later(said: string, retryAfter: number, headers = new Headers()): Response {
  headers.set("retry-after", String(retryAfter));
  headers.set("cache-control", "no-store");
  return refusal(503, "unavailable", said, headers);
}

/**
 * The answer to a request that cannot be served as somebody's: what an API gives, and a page unless it redirects a signed-out visitor
 * to the sign-in. A live session is never sent there: its browser asks the `session` route and comes again.
 *
 * @example
 * ```ts
 * const who = await session.authenticate(request);
 * if (who.kind !== "signed-in") return unauthenticated(who);
 * ```
 */
export function unauthenticated(who: Exclude<Authentication, { readonly kind: "signed-in" }>): Response {
  switch (who.kind) {
    case "signed-out":
      return refusal(401, "not_authenticated", `sign in first: ${who.reason}`, who.headers);
    case "stale": {
      const headers = new Headers([["cache-control", "no-store"]]);
      // Whoever prefetches shows no error page to anybody, and must not keep the answer.
      return refusal(who.because === "prefetch" ? 503 : 401, "session_stale", "the session lives; renew it and come again", headers);
    }
    case "unavailable":
      return later(who.said, who.retryAfter, who.headers);
  }
}
