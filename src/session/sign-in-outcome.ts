import type { Principal } from "./authenticate.ts";
import type { SessionData } from "./session-data.ts";

/** How a sign-in ended. `said` is for people, in the issuer's own words where it spoke, and holds no secrets. */
export type SignIn =
  | {
      readonly kind: "signed-in";
      readonly principal: Principal;
      /** For calls to an API in the user's name. Never sent to a browser or logged. */
      readonly accessToken: string;
      readonly returnTo: string;
      readonly headers: Headers;
    }
  /** The callback was not begun in this browser, or carries neither code nor error: nothing was asked of the issuer. */
  | { readonly kind: "refused"; readonly said: string }
  /** The issuer turned the sign-in or its code down. */
  | { readonly kind: "rejected"; readonly said: string }
  /** Client, secret, issuer or key set do not fit together. */
  | { readonly kind: "misconfigured"; readonly said: string }
  | { readonly kind: "unavailable"; readonly said: string; readonly retryAfter: number };

/** How a sign-in failed. */
export type SignInFailure = Exclude<SignIn, { readonly kind: "signed-in" }>;

/** What came of exchanging a code: the session that it has begun, or why there is none. */
export type SignInAttempt = { readonly kind: "session"; readonly session: SessionData } | SignInFailure;
