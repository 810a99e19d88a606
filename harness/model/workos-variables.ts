import type { IssuerSettings } from "./target.ts";

/**
 * What an issuer is to an app, as the variables that WorkOS' SDKs read, and the `iss` of its tokens.
 *
 * @example
 * ```ts
 * const issuer = "http://127.0.0.1:4100";
 * workosVariables({ origin: issuer, issuer, clientId: "client_1", apiKey: "sk_1" }).WORKOS_API_PORT; // "4100"
 * ```
 */
export function workosVariables({ origin, issuer, clientId, apiKey }: Pick<IssuerSettings, "origin" | "issuer" | "clientId" | "apiKey">) {
  const { hostname, port, protocol } = new URL(origin);
  return {
    WORKOS_API_HOSTNAME: hostname,
    WORKOS_API_PORT: port,
    WORKOS_API_HTTPS: String(protocol === "https:"),
    WORKOS_CLIENT_ID: clientId,
    WORKOS_API_KEY: apiKey,
    WORKOS_ISSUERS: issuer,
  };
}
