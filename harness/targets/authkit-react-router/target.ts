import type { Target } from "../../model/target.ts";
import { loadThirdParty } from "../third-party.ts";

/**
 * `@workos-inc/authkit-react-router`: its loaders as React Router calls them, without a rendering of React.
 *
 * @throws HoldfastError `BAD_TARGET` where it is not installed
 */
export function loadAuthkitReactRouter(): Promise<Target> {
  return loadThirdParty(import.meta.url, {
    name: "authkit-react-router",
    describe: "@workos-inc/authkit-react-router's authkitLoader, called as React Router does",
    sdk: ["@workos-inc/authkit-react-router", "0.8"],
    over: [
      { name: "react-router", range: "7" },
      { name: "react", range: "19" },
      { name: "react-dom", range: "19" },
      { name: "@workos-inc/node", range: "7", comesWithIt: true },
    ],
    configuration: {
      build: "what its packages give for the condition workerd, as on Cloudflare",
      configure: "clientId, apiKey, redirectUri, cookiePassword, apiHostname; the rest as by default, nothing from the environment",
      session: "authkitLoader(args, { ensureSignedIn: true })",
      cookie: "wos-session, sealed and signed; HttpOnly, Secure, SameSite=Lax, 400 days",
      "no session, or a refresh that failed": "the cookie is destroyed, to AuthKit",
    },
    // jose 5 and @workos-inc/node 7 read key sets through `https` on Node, and through `fetch` in the build that they have for Workers.
    conditions: ["workerd"],
    strategies: ["authkit-loader"],
    // PBKDF2, AES and HMAC for each seal, opened and closed, and a signature around it.
    makesManyCryptoCalls: true,
    routes: { logOut: "/logout" },
    classify({ status, headers }) {
      if (status === 200) return "signed-in";
      const location = headers.get("location") ?? "";
      if (status === 302 && URL.canParse(location) && new URL(location).pathname === "/user_management/authorize") return "signed-out";
      return "other";
    },
  });
}
