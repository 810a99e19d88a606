import type { Target } from "../../model/target.ts";
import { loadThirdParty } from "../third-party.ts";

/**
 * `@workos/authkit-session`, the library below WorkOS' framework integrations.
 *
 * @throws HoldfastError `BAD_TARGET` where it is not installed
 */
export function loadAuthkitSession(): Promise<Target> {
  return loadThirdParty(import.meta.url, {
    name: "authkit-session",
    describe: "@workos/authkit-session's withAuth behind a plain web handler",
    sdk: ["@workos/authkit-session", "0.7"],
    over: [{ name: "@workos-inc/node", range: "10" }],
    configuration: {
      configure: "clientId, apiKey, redirectUri, cookiePassword, apiHostname; the rest as by default, nothing from the environment",
      session: "withAuth(request); what it refreshed is kept by saveSession",
      cookie: "wos-session, sealed; HttpOnly, Secure, SameSite=Lax, 400 days",
      "no user": "to /login, the cookie stays",
    },
    strategies: ["with-auth"],
    // PBKDF2, AES and HMAC for each seal, opened and closed.
    makesManyCryptoCalls: true,
    routes: { logOut: "/logout" },
    classify({ status, headers }) {
      if (status === 200) return "signed-in";
      return status === 302 && headers.get("location") === "/login" ? "signed-out" : "other";
    },
  });
}
