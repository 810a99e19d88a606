import type { Target } from "../../model/target.ts";
import { loadThirdParty } from "../third-party.ts";

/**
 * `@workos-inc/node` 11's sealed session.
 *
 * @throws HoldfastError `BAD_TARGET` where it is not installed
 */
export function loadWorkosNode(): Promise<Target> {
  return loadThirdParty(import.meta.url, {
    name: "workos-node",
    describe: "@workos-inc/node's sealed session behind a plain web handler",
    sdk: ["@workos-inc/node", "11"],
    configuration: {
      session: "loadSealedSession({ sessionData, cookiePassword }): authenticate(), and refresh() where that fails",
      cookie: "wos-session, sealed; HttpOnly, Secure, SameSite=Lax, without an end",
      "retryable refusals": "503 with Retry-After, the cookie stays",
      "other refusals": "the cookie is cleared, to /login",
    },
    strategies: ["sealed-session"],
    // 32 for a page load with a refresh: PBKDF2, AES and HMAC for each seal, opened and closed.
    makesManyCryptoCalls: true,
    classify({ status, headers }) {
      if (status === 200) return "signed-in";
      if (status === 302 && headers.get("location") === "/login") return "signed-out";
      return status === 503 ? "unavailable" : "other";
    },
  });
}
