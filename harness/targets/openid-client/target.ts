import type { Target } from "../../model/target.ts";
import { loadThirdParty } from "../third-party.ts";

/**
 * An OpenID Connect relying party on `openid-client`, over the issuer's OIDC surface.
 *
 * @throws HoldfastError `BAD_TARGET` where it is not installed
 */
export function loadOpenidClient(): Promise<Target> {
  return loadThirdParty(import.meta.url, {
    name: "openid-client",
    describe: "an OIDC relying party on openid-client that refreshes at expiry, with its tokens in a sealed cookie",
    sdk: ["openid-client", "6"],
    over: [{ name: "oauth4webapi", range: "3", comesWithIt: true }],
    configuration: {
      discovery: "discovery(server, clientId, clientSecret), once an isolate; client_secret_post",
      "sign-in": "code flow with PKCE, state and nonce; scope openid email offline_access",
      session: "refreshTokenGrant(config, refreshToken) once expires_in is over",
      cookie: "session, a JWE (dir, A256GCM) of the tokens; HttpOnly, Secure, SameSite=Lax, without an end",
      "a 4xx other than 408 and 429": "the cookie is cleared, to /login",
      "sign-out": "tokenRevocation(config, refreshToken); the cookie is cleared",
      "any other failure": "503 with Retry-After, the cookie stays",
    },
    strategies: ["refresh-token-grant"],
    routes: { logOut: "/logout" },
    classify({ status, headers }) {
      if (status === 200) return "signed-in";
      if (status === 302 && headers.get("location") === "/login") return "signed-out";
      return status === 503 ? "unavailable" : "other";
    },
  });
}
