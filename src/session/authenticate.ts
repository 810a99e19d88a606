import type { AccessToken, AccessTokenClaims, VerifyAccessToken } from "./access-token.ts";
import type { OpenedCookie, SessionCookie } from "./cookie.ts";
import { storing } from "./cookie-header.ts";
import type { Admission, EndReason, RefreshWish, SessionStrategy } from "./refresh/strategy.ts";
import type { SessionData } from "./session-data.ts";

/** Seconds that a client is asked to wait when the issuer named no time. */
export const DEFAULT_RETRY_AFTER = 5;

/** Who makes the request. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** The organization that the request speaks for; null outside of any. */
  readonly organizationId: string | null;
}

/** Why a live session with an expired credential cannot be renewed by this request. */
export type StaleReason =
  /** Its answer cannot set a cookie. */
  | "upgrade"
  /** Nobody may ever see its answer. */
  | "prefetch"
  /** The browser has switched to another organization since this cookie. */
  | "organization";

/** Why there is no session. */
export type SignedOutReason =
  | EndReason
  | "no_cookie"
  /** Damaged, or not a session's. The cookie stays: it does no harm, and the next sign-in removes it. */
  | "cookie_unreadable"
  /** The sealed access token is not for this client or issuer. The cookie stays: configuration may be at fault. */
  | "access_token_invalid"
  /** A page of another origin wants to open a connection with this browser's cookie. */
  | "foreign_origin";

/** What a request turned out to be. `headers` go onto the answer as they are. */
export type Authentication =
  | {
      readonly kind: "signed-in";
      readonly principal: Principal;
      readonly claims: AccessTokenClaims;
      /** What the claims were read from, for calls to an API in the user's name. Never sent to a browser or logged. */
      readonly accessToken: string;
      readonly headers: Headers;
      /** A refresh was due or asked for, and did not come about: the claims are older than they should be. */
      readonly stale: boolean;
    }
  | { readonly kind: "signed-out"; readonly reason: SignedOutReason; readonly headers: Headers }
  /** The session lives, but this request may not renew it. Never answer it with a redirect to the sign-in. */
  | { readonly kind: "stale"; readonly because: StaleReason }
  /** No verdict is possible now: answer 503. `retryAfter` in seconds; `said` tells an operator why and holds no secrets. */
  | { readonly kind: "unavailable"; readonly retryAfter: number; readonly said: string; readonly headers: Headers };

/** The parts that {@link createAuthenticator} puts together. */
export interface AuthenticatorParts {
  readonly cookie: SessionCookie;
  readonly verify: VerifyAccessToken;
  readonly strategy: SessionStrategy;
  /** The app's own. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Finds out who makes a request. Rejects only when the runtime itself fails, or a rotated cookie does not fit.
 *
 * @param force Refreshes even when nothing is due, and says in `stale` when that failed.
 */
export type Authenticate = (request: Request, force?: RefreshWish) => Promise<Authentication>;

type Opened = Extract<OpenedCookie, { readonly kind: "opened" }>;
type Admitted = Extract<Admission, { readonly kind: "admitted" }>;

/**
 * Puts together the decision about one request: serve from the signed claims alone when possible, refresh when due, and take
 * nothing but a definitive verdict for the end of a session.
 *
 * @example
 * ```ts
 * const authenticate = createAuthenticator({ cookie, verify, strategy, origin: "https://app.example", now: Date.now });
 * const who = await authenticate(request);
 * if (who.kind === "signed-in") return page(who.principal, who.headers);
 * ```
 */
export function createAuthenticator(parts: AuthenticatorParts): Authenticate {
  const { cookie, verify, strategy } = parts;

  async function refreshed(opened: Opened, admission: Admitted, token: AccessToken, wish?: RefreshWish): Promise<Authentication> {
    const outcome = await admission.refresh(wish);
    // Asked again after the wait: a slow refusal must not stretch a token beyond its end.
    const claims = stillValid(token, parts.now());
    const carry = await carried(opened, admission, null);
    switch (outcome.kind) {
      case "rotated": {
        const next = await verify(outcome.session.accessToken);
        // The successor is stored whatever its access token is worth: its parent is spent.
        const headers = await carried(opened, admission, outcome.session);
        if (next.kind === "valid") return signedIn(outcome.session, next.claims, headers);
        const said = `the refreshed access token is ${describe(next)}`;
        return claims === null ? unavailable(said, null, headers) : signedIn(admission.session, claims, headers, true);
      }
      case "signed-out":
        if (claims !== null && outcome.reason === "refresh_rejected") return signedIn(admission.session, claims, carry, true);
        return signedOut(outcome.reason, storing(cookie.clear(cookie.judged(admission.session, opened.names))));
      case "stale":
        return claims === null ? { kind: "stale", because: outcome.because } : signedIn(admission.session, claims, carry, true);
      case "unavailable":
        return claims === null ? unavailable(outcome.said, outcome.retryAfter, carry) : signedIn(admission.session, claims, carry, true);
    }
  }

  /** What the browser is to store: a newer session, the newest that a late cookie adopts, or nothing but the end of what is stale. */
  async function carried({ names, session }: Opened, admission: Admitted, next: SessionData | null): Promise<Headers> {
    const given = next ?? (admission.adopted ? admission.session : null);
    if (given !== null) return storing(await cookie.seal(strategy.cookieOf(given), names));
    return storing(cookie.clear(cookie.stale(session, names)));
  }

  return async (request, force) => {
    const noRefresh = mayNotRefresh(request);
    const from = request.headers.get("origin");
    // Cookies travel with upgrades from any page of the same site, and no CORS stands in between.
    if (noRefresh === "upgrade" && from !== null && from !== parts.origin) return signedOut("foreign_origin");
    const opened = await cookie.open(request.headers.get("cookie"));
    if (opened.kind === "absent") return signedOut("no_cookie");
    if (opened.kind === "unreadable") return signedOut("cookie_unreadable");
    if (opened.kind === "unknown-key") return unavailable("the cookie was sealed with a key that this deployment does not have", null);

    const admission = await strategy.admit(opened.session, force);
    if (admission.kind === "unavailable") return unavailable(admission.said, admission.retryAfter);
    if (admission.kind === "stale") return { kind: "stale", because: admission.because };
    if (admission.kind === "signed-out") {
      if (noRefresh !== null) return signedOut(admission.reason);
      return signedOut(admission.reason, storing(cookie.clear(cookie.judged(opened.session, opened.names))));
    }

    const token = await verify(admission.session.accessToken);
    if (token.kind === "invalid" || isForeign(token, admission.session)) return signedOut("access_token_invalid");
    if (noRefresh !== null) {
      return token.kind === "valid" ? signedIn(admission.session, token.claims) : { kind: "stale", because: noRefresh };
    }
    if (force === undefined) {
      if (token.kind === "valid" && !token.due) return signedIn(admission.session, token.claims, await carried(opened, admission, null));
      // A refresh would give one more token of the unknown key, and spend a generation on each request.
      if (token.kind === "unverifiable" && !token.due) return unavailable(`the access token cannot be verified: ${token.reason}`, null);
    }
    return refreshed(opened, admission, token, force);
  };
}

/**
 * Whether a request must leave the refresh token alone. An upgrade's answer cannot set a cookie, and a prefetch's may be
 * thrown away: either way the successor would be lost.
 *
 * @returns The reason, or null when the request may refresh.
 *
 * @example
 * ```ts
 * mayNotRefresh(new Request(url, { headers: { "sec-purpose": "prefetch;prerender" } })); // "prefetch"
 * ```
 */
function mayNotRefresh(request: Request): StaleReason | null {
  if (request.headers.get("upgrade")?.toLowerCase().includes("websocket")) return "upgrade";
  if (request.headers.get("sec-purpose")?.toLowerCase().includes("prefetch")) return "prefetch";
  return null;
}

function stillValid(token: AccessToken, now: number): AccessTokenClaims | null {
  return token.kind === "valid" && now < token.expiresAt ? token.claims : null;
}

function isForeign(token: AccessToken, session: SessionData): boolean {
  return (token.kind === "valid" || token.kind === "expired") && token.claims.sub !== session.userId;
}

function describe(token: AccessToken): string {
  return token.kind === "invalid" || token.kind === "unverifiable" ? `${token.kind}: ${token.reason}` : token.kind;
}

function signedIn(session: SessionData, claims: AccessTokenClaims, headers = new Headers(), stale = false): Authentication {
  const { userId, sessionId, organizationId, accessToken } = session;
  return { kind: "signed-in", principal: { userId, sessionId, organizationId }, claims, accessToken, headers, stale };
}

function signedOut(reason: SignedOutReason, headers = new Headers()): Authentication {
  return { kind: "signed-out", reason, headers };
}

function unavailable(said: string, retryAfter: number | null, headers = new Headers()): Authentication {
  return { kind: "unavailable", retryAfter: retryAfter ?? DEFAULT_RETRY_AFTER, said, headers };
}
