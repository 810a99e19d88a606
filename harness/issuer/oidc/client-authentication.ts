import { basicCredentials, oauthRefusal, type Parameters, type Refusal } from "../http.ts";
import type { IssuerRequest } from "../message.ts";
import type { Client } from "../options.ts";
import type { Directory } from "../state/directory.ts";

/** What discovery announces. */
export const CLIENT_AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"] as const;

/**
 * Finds out which client asks (RFC 6749 §2.3): by HTTP Basic, by `client_id` and `client_secret` in the form, or for a public client
 * by its `client_id` alone.
 *
 * Throws a {@link Refusal}: 400 `invalid_request` for two ways at once or none, 401 `invalid_client` for any that is not right.
 */
export function authenticateClient(directory: Directory, request: IssuerRequest, form: Parameters): Client {
  const [id, secret] = [form.get("client_id"), form.get("client_secret")];
  if (!request.headers.has("authorization")) {
    if (id === null) throw oauthRefusal(400, "invalid_request", "Expected the client to authenticate, or `client_id`.");
    return checked(directory, id, secret);
  }
  const basic = basicCredentials(request);
  if (basic === null) throw invalidClient("Expected HTTP Basic credentials.");
  if (secret !== null || (id !== null && id !== basic.name)) {
    throw oauthRefusal(400, "invalid_request", "Expected the client to authenticate in one way, as one client.");
  }
  return checked(directory, basic.name, basic.secret);
}

function checked(directory: Directory, id: string, secret: string | null): Client {
  const client = directory.client(id);
  const isRight = client !== undefined && (secret === null ? client.secret === null : directory.isSecretOf(client, secret));
  if (client === undefined || !isRight) throw invalidClient("The client is unknown, or its secret is wrong, missing or not expected.");
  return client;
}

/** The challenge is owed to whoever used the header (RFC 6749 §5.2), and to any 401 (RFC 9110 §15.5.2). */
export function invalidClient(description: string): Refusal {
  return oauthRefusal(401, "invalid_client", description, { "www-authenticate": 'Basic realm="holdfast", charset="UTF-8"' });
}
