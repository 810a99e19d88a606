import type { AccessToken, AccessTokenClaims, VerifyAccessToken } from "./access-token.ts";
import type { SessionCookie, SessionData } from "./cookie.ts";
import { storing } from "./cookie-header.ts";
import type { RefreshStrategy } from "./refresh/strategy.ts";

/** Seconds that a client is asked to wait when the issuer named no time. */
export const DEFAULT_RETRY_AFTER = 5;

/** Who makes the request. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
}

/** Why a request may not refresh: its answer cannot carry the rotated cookie, or nobody may ever see it. */
export type NoRefresh = "upgrade" | "prefetch";

/** Why there is no session. */
export type SignedOutReason =
  | "no_cookie"
  /** Sealed by a key that this deployment does not have. The cookie stays: another deployment may still read it. */
  | "cookie_unreadable"
  /** The sealed access token is not for this client or issuer. The cookie stays: configuration may be at fault. */
  | "access_token_invalid"
  /** The issuer rejected the refresh token. The cookie is cleared. */
  | "refresh_rejected";

/** What a request turned out to be. `headers` go onto the answer as they are. */
export type Authentication =
  | { readonly kind: "signed-in"; readonly principal: Principal; readonly claims: AccessTokenClaims; readonly headers: Headers }
  | { readonly kind: "signed-out"; readonly reason: SignedOutReason; readonly headers: Headers }
  /** The session lives, but this request may not renew it. Never answer it with a redirect to the sign-in. */
  | { readonly kind: "stale"; readonly because: NoRefresh }
  /** No verdict is possible now: answer 503. `retryAfter` in seconds; `said` tells an operator why and holds no secrets. */
  | { readonly kind: "unavailable"; readonly retryAfter: number; readonly said: string; readonly headers: Headers };

/** The parts that {@link createAuthenticator} puts together. */
export interface AuthenticatorParts {
  readonly cookie: SessionCookie;
  readonly verify: VerifyAccessToken;
  readonly strategy: RefreshStrategy;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Finds out who makes a request. Rejects only when the runtime itself fails, or a rotated cookie does not fit. */
export type Authenticate = (request: Request) => Promise<Authentication>;

/**
 * Puts together the decision about one request: serve from the signed claims alone when possible, refresh when due, and take
 * nothing but a definitive rejection for the end of a session.
 *
 * @example
 * ```ts
 * const authenticate = createAuthenticator({ cookie, verify, strategy, now: Date.now });
 * const who = await authenticate(request);
 * if (who.kind === "signed-in") return page(who.principal, who.headers);
 * ```
 */
export function createAuthenticator(parts: AuthenticatorParts): Authenticate {
  const { cookie, verify, strategy } = parts;

  return async (request) => {
    const opened = await cookie.open(request.headers.get("cookie"));
    if (opened.kind === "absent") return signedOut("no_cookie");
    if (opened.kind === "unreadable") return signedOut("cookie_unreadable");

    const token = await verify(opened.session.accessToken);
    if (token.kind === "invalid" || isForeign(token, opened.session)) return signedOut("access_token_invalid");
    const noRefresh = mayNotRefresh(request);
    if (token.kind === "valid" && (!token.due || noRefresh !== null)) return signedIn(token.claims);
    // A refresh would give one more token of the unknown key, and spend a generation on each request.
    if (token.kind === "unverifiable" && !token.due) return unavailable(`the access token cannot be verified: ${token.reason}`, null);
    if (noRefresh !== null) return { kind: "stale", because: noRefresh };

    const outcome = await strategy.refresh(opened.session);
    // Asked again after the wait: a slow refusal must not stretch a token beyond its end.
    const claims = stillValid(token, parts.now());
    switch (outcome.kind) {
      case "rotated": {
        const next = await verify(outcome.session.accessToken);
        if (isForeign(next, opened.session)) {
          // Not stored either: a mix-up at the issuer or a proxy must not hand one user's session to another.
          const said = "the issuer answered the refresh with another user's token";
          return claims === null ? unavailable(said, null) : signedIn(claims);
        }
        // The successor is stored whatever its access token is worth: its parent is spent.
        const headers = storing(await cookie.seal(outcome.session));
        if (next.kind === "valid") return signedIn(next.claims, headers);
        return claims === null ? unavailable(`the refreshed access token is ${describe(next)}`, null, headers) : signedIn(claims, headers);
      }
      case "rejected":
        return claims === null ? signedOut("refresh_rejected", storing(cookie.clear())) : signedIn(claims);
      case "unavailable":
        return claims === null ? unavailable(outcome.said, outcome.retryAfter) : signedIn(claims);
    }
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
function mayNotRefresh(request: Request): NoRefresh | null {
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

function signedIn(claims: AccessTokenClaims, headers = new Headers()): Authentication {
  return { kind: "signed-in", principal: { userId: claims.sub, sessionId: claims.sid }, claims, headers };
}

function signedOut(reason: SignedOutReason, headers = new Headers()): Authentication {
  return { kind: "signed-out", reason, headers };
}

function unavailable(said: string, retryAfter: number | null, headers = new Headers()): Authentication {
  return { kind: "unavailable", retryAfter: retryAfter ?? DEFAULT_RETRY_AFTER, said, headers };
}
