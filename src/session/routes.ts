import { json, later, redirect, refusal, unauthenticated } from "./answers.ts";
import { type Authenticate, type Authentication, DEFAULT_RETRY_AFTER } from "./authenticate.ts";
import type { SessionCookie } from "./cookie.ts";
import { canonicalLocation, isOwnPage } from "./origin.ts";
import { StoreFault } from "./refresh/book.ts";
import type { RefreshWish } from "./refresh/strategy.ts";
import type { SignInRoutes } from "./sign-in.ts";
import type { SignIn } from "./sign-in-outcome.ts";
import type { SignOut } from "./sign-out.ts";
import type { SignOutTokens } from "./sign-out-token.ts";

/** What {@link createRoutes} puts together. */
export interface RouteParts extends SignInRoutes {
  readonly authenticate: Authenticate;
  readonly signOut: SignOut;
  readonly tokens: SignOutTokens;
  readonly cookie: SessionCookie;
  readonly redirectUri: string;
}

/** Answers the routes of the session; null for any other. */
export type SessionRoutes = (request: Request) => Promise<Response | null>;

/**
 * The routes that a browser needs:
 *
 * - `GET /login?return_to&login_hint&organization_id` goes to the issuer;
 * - `GET /callback` comes back from it;
 * - `GET /session` tells who is signed in, `POST /session` renews first (`organization_id` switches) and says in `stale` when that failed;
 * - `POST /logout` ends the session; `GET /logout?token` does so with a token from `GET /session`, once, and asks without one.
 *
 * @example
 * ```ts
 * const answer = (await routes(request)) ?? (await page(request));
 * ```
 */
export function createRoutes(parts: RouteParts): SessionRoutes {
  const own = new URL(parts.redirectUri).origin;

  async function login(request: Request): Promise<Response> {
    const canonical = canonicalLocation(request.url, parts.redirectUri);
    if (canonical !== null) return redirect(307, canonical);
    const { searchParams } = new URL(request.url);
    const start = await parts.beginSignIn({
      loginHint: searchParams.get("login_hint"),
      returnTo: searchParams.get("return_to"),
      organizationId: searchParams.get("organization_id"),
    });
    return "kind" in start ? later(start.said, start.retryAfter) : redirect(302, start.location, start.headers);
  }

  async function renew(request: Request): Promise<Response> {
    if (!isOwnPage(request, own)) return foreign();
    const organizationId = new URL(request.url).searchParams.get("organization_id");
    return tell(request, await parts.authenticate(request, { organizationId } satisfies RefreshWish));
  }

  async function tell(request: Request, who: Authentication): Promise<Response> {
    if (who.kind !== "signed-in") return unauthenticated(who);
    const { userId, sessionId, organizationId } = who.principal;
    const opened = await parts.cookie.open(request.headers.get("cookie"));
    const token = opened.kind === "opened" ? await parts.tokens.issue(opened.session) : "";
    who.headers.set("cache-control", "private, no-store");
    const body = {
      user_id: userId,
      session_id: sessionId,
      organization_id: organizationId,
      expires_at: who.claims.exp,
      stale: who.stale,
      sign_out_token: token,
    };
    return json(200, body, who.headers);
  }

  async function logout(request: Request): Promise<Response> {
    return isOwnPage(request, own) ? end(request) : foreign();
  }

  async function logoutByLink(request: Request): Promise<Response> {
    const token = new URL(request.url).searchParams.get("token");
    const opened = await parts.cookie.open(request.headers.get("cookie"));
    if (token === null || opened.kind !== "opened") return confirmation();
    try {
      return (await parts.tokens.accepts(token, opened.session)) ? end(request) : confirmation();
    } catch (error) {
      if (error instanceof StoreFault) return later(error.message, DEFAULT_RETRY_AFTER);
      throw error;
    }
  }

  async function end(request: Request): Promise<Response> {
    const result = await parts.signOut(request);
    if (result.kind === "unavailable") return later(result.said, result.retryAfter);
    return redirect(303, result.location, result.headers);
  }

  const routes = new Map<string, (request: Request) => Promise<Response>>([
    ["GET /login", login],
    ["GET /callback", async (request) => afterSignIn(await parts.signIn(request))],
    ["GET /session", async (request) => tell(request, await parts.authenticate(request))],
    ["POST /session", renew],
    ["POST /logout", logout],
    ["GET /logout", logoutByLink],
  ]);
  const paths = new Set([...routes.keys()].map((route) => route.split(" ")[1]));

  return async (request) => {
    const { pathname } = new URL(request.url);
    const route = routes.get(`${request.method} ${pathname}`);
    if (route !== undefined) return route(request);
    return paths.has(pathname) ? refusal(405, "method_not_allowed", `${request.method} ${pathname} is not offered`) : null;
  };
}

function afterSignIn(result: SignIn): Response {
  switch (result.kind) {
    case "signed-in":
      return redirect(302, result.returnTo, result.headers);
    case "refused":
      return refusal(400, "sign_in_refused", result.said);
    case "rejected":
      return refusal(502, "issuer_rejected", result.said);
    case "misconfigured":
      return refusal(500, "issuer_misconfigured", result.said);
    case "unavailable":
      return later(result.said, result.retryAfter);
  }
}

function foreign(): Response {
  return refusal(403, "foreign_origin", "expected a request of the app's own pages");
}

/** A page that only asks: following a link must not sign anybody out who did not want it. */
function confirmation(): Response {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign out</title><form method="post" action="/logout"><p>Do you want to sign out?</p><button>Sign out</button></form></html>`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    // Nobody may lay this page under another one. Without form-action: Chromium holds it against the redirect to the issuer's logout too.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  };
  return new Response(body, { headers });
}
