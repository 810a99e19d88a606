import type { Core } from "../core.ts";
import { bearer, oauthRefusal, optionalText } from "../http.ts";
import type { IssuerRequest } from "../message.ts";
import type { Client } from "../options.ts";
import { sameSecret } from "../state/secrets.ts";

/**
 * Who calls `/user_management/authenticate`: the app with its secret, or the same app without one.
 *
 * Either place for the API key is enough, as the SDKs differ in which they use; but each that is used must hold the right one.
 */
export function authenticateClient({ options, directory }: Core, request: IssuerRequest, body: Record<string, unknown>): Client {
  const inHeader = bearer(request);
  if (inHeader !== null && !sameSecret(inHeader, options.apiKey)) {
    throw oauthRefusal(401, "invalid_client", "The bearer API key is wrong.", { "www-authenticate": "Bearer" });
  }
  if (optionalText(body, "client_id") !== options.clientId) throw oauthRefusal(400, "invalid_client", "Unknown `client_id`.");
  const inBody = optionalText(body, "client_secret");
  if (inBody !== null && !sameSecret(inBody, options.apiKey)) {
    throw oauthRefusal(400, "invalid_client", "The `client_secret` is wrong.");
  }
  return inBody === null && inHeader === null ? directory.publicClient : (directory.client(options.clientId) as Client);
}

/** Refuses a public client where workos/openapi-spec requires the secret. */
export function requireSecret(client: Client): void {
  if (client.secret === null) throw oauthRefusal(400, "invalid_client", "Expected a `client_secret` or a bearer API key.");
}
