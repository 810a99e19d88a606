import { base64url } from "jose";
import type { VerifyAccessToken } from "./access-token.ts";
import { DEFAULT_RETRY_AFTER, type Principal } from "./authenticate.ts";
import type { SessionCookie } from "./cookie.ts";
import { readCookie, setCookie, storing } from "./cookie-header.ts";
import { issuerWords } from "./issuer-words.ts";
import type { Ports } from "./ports.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

/** Seconds that a user has between `beginSignIn` and the callback. */
const SIGN_IN_LIFETIME = 600;

const STATE_BYTES = 16;
const STATE_PATTERN = /^[A-Za-z0-9_-]{22}$/; // STATE_BYTES in base64url; anything else is not ours and must not name a cookie.

/** Where to send the browser, and what to set on the way. */
export interface SignInStart {
  readonly location: string;
  readonly headers: Headers;
}

/** How a sign-in ended. `said` is for people, in the issuer's own words where it spoke, and holds no secrets. */
export type SignIn =
  | { readonly kind: "signed-in"; readonly principal: Principal; readonly headers: Headers }
  /** The callback was not begun in this browser, or carries neither code nor error: nothing was asked of the issuer. */
  | { readonly kind: "refused"; readonly said: string }
  /** The issuer turned the sign-in or its code down. */
  | { readonly kind: "rejected"; readonly said: string }
  /** Client, secret, issuer or key set do not fit together. */
  | { readonly kind: "misconfigured"; readonly said: string }
  | { readonly kind: "unavailable"; readonly said: string; readonly retryAfter: number };

/** The parts that {@link createSignIn} puts together. */
export interface SignInParts {
  /** Origin of the WorkOS API. */
  readonly issuerOrigin: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly endpoint: Pick<TokenEndpoint, "exchangeCode">;
  readonly verify: VerifyAccessToken;
  readonly cookie: SessionCookie;
  readonly ports: Pick<Ports, "randomBytes">;
}

/** Both halves of a sign-in. */
export interface SignInRoutes {
  beginSignIn(options?: { readonly loginHint?: string | null }): SignInStart;
  signIn(request: Request): Promise<SignIn>;
}

/**
 * The two halves of a sign-in: to the issuer, and back with a code. A `state` cookie binds them to one browser, so that nobody
 * can sign a victim in as somebody else with a link; one cookie a sign-in, so that two tabs do not disturb each other.
 *
 * @example
 * ```ts
 * const { location, headers } = routes.beginSignIn({ loginHint: "ada@example.com" });
 * const result = await routes.signIn(callbackRequest);
 * ```
 */
export function createSignIn(parts: SignInParts): SignInRoutes {
  return {
    beginSignIn(options = {}) {
      const state = base64url.encode(parts.ports.randomBytes(STATE_BYTES));
      const location = new URL("/user_management/authorize", parts.issuerOrigin);
      location.search = new URLSearchParams({
        client_id: parts.clientId,
        redirect_uri: parts.redirectUri,
        response_type: "code",
        state,
        ...(options.loginHint ? { login_hint: options.loginHint } : {}),
      }).toString();
      return { location: location.href, headers: storing(setCookie(stateCookie(state), "1", SIGN_IN_LIFETIME)) };
    },

    async signIn(request) {
      const { searchParams } = new URL(request.url);
      const state = searchParams.get("state") ?? "";
      if (!STATE_PATTERN.test(state) || readCookie(request.headers.get("cookie"), stateCookie(state)) === null) {
        return {
          kind: "refused",
          said: "expected a sign-in that was begun in this browser within ten minutes, found no such state: sign in again",
        };
      }
      const error = searchParams.get("error");
      if (error !== null) {
        return { kind: "rejected", said: issuerWords([error, searchParams.get("error_description")], []) };
      }
      const code = searchParams.get("code") ?? "";
      if (code === "") return { kind: "refused", said: "expected a code from the issuer, found none: sign in again" };

      const answer = await parts.endpoint.exchangeCode(code);
      if (answer.kind === "unavailable") {
        return { kind: "unavailable", said: answer.said, retryAfter: answer.retryAfter ?? DEFAULT_RETRY_AFTER };
      }
      if (answer.kind !== "issued") return answer;
      if (answer.refreshToken === null)
        return { kind: "misconfigured", said: "the issuer returned no refresh_token: allow offline access" };

      const token = await parts.verify(answer.accessToken);
      if (token.kind !== "valid") {
        const why = token.kind === "expired" ? "expired: compare the clocks" : `${token.kind}: ${token.reason}`;
        return { kind: "misconfigured", said: `the issuer's access token is not acceptable here, ${why}` };
      }
      const { sub: userId, sid: sessionId } = token.claims;
      const session = { accessToken: answer.accessToken, refreshToken: answer.refreshToken, userId, sessionId };
      const headers = storing(await parts.cookie.seal(session), setCookie(stateCookie(state), "", 0));
      return { kind: "signed-in", principal: { userId, sessionId }, headers };
    },
  };
}

function stateCookie(state: string): string {
  return `holdfast-state-${state}`;
}
