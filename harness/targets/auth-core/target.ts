import type { Target } from "../../model/target.ts";
import { loadThirdParty } from "../third-party.ts";

/**
 * `@auth/core`, which Auth.js (NextAuth 5) is made of, over the issuer's OIDC surface.
 *
 * @throws HoldfastError `BAD_TARGET` where it is not installed
 */
export function loadAuthCore(): Promise<Target> {
  return loadThirdParty(import.meta.url, {
    name: "auth-core",
    describe: "@auth/core (Auth.js, NextAuth 5) with JWT sessions and the refresh token rotation of its guide",
    sdk: ["@auth/core", "0.41"],
    over: [{ name: "oauth4webapi", range: "3", comesWithIt: true }],
    // On Node @panva/hkdf derives keys on the thread pool, in an order that nobody controls; for Workers, with WebCrypto.
    conditions: ["workerd"],
    configuration: {
      build: "what its packages give for the condition workerd, as on Cloudflare",
      provider: "type oidc: discovery, PKCE; scope openid email offline_access",
      session:
        "strategy jwt; the jwt callback redeems the refresh token once expires_at is over, and notes RefreshTokenError where that fails",
      pages: "ask the session action, and carry its cookies, as NextAuth's middleware does",
      cookie: "__Secure-authjs.session-token, a JWE; HttpOnly, Secure, SameSite=Lax, 30 days",
      "no session, or RefreshTokenError": "to /login",
    },
    strategies: ["jwt-callback"],
    // Two keys are derived, told apart by their thumbprints, and used, for each page, whether or not it refreshes.
    makesManyCryptoCalls: true,
    routes: { logOut: "/logout" },
    classify({ status, headers }) {
      if (status === 200) return "signed-in";
      return status === 302 && headers.get("location") === "/login" ? "signed-out" : "other";
    },
  });
}
