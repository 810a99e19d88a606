import type { Core } from "../core.ts";
import { oauthRefusal, readForm, requiredParameter } from "../http.ts";
import { type IssuerRequest, Reply } from "../message.ts";
import type { Client } from "../options.ts";
import { authenticateClient } from "./client-authentication.ts";

/**
 * `POST /oauth2/revoke` (RFC 7009): a refresh token takes its family with it, an access token goes alone. The person stays signed in
 * at the issuer. A token that nobody knows is as good as revoked, and `token_type_hint` would only save a search.
 */
export function revoke({ directory, machine }: Core, request: IssuerRequest): Reply {
  const form = readForm(request);
  const client = authenticateClient(directory, request, form);
  const presented = requiredParameter(form, "token");
  const refreshToken = machine.refreshToken(presented);
  const accessToken = machine.accessToken(presented);
  if (refreshToken !== undefined) {
    checkOwner(refreshToken.family.client, client);
    machine.end({ family: refreshToken.family.name }, "user", `${refreshToken.label} was revoked by its client`);
  } else if (accessToken !== undefined) {
    checkOwner(accessToken.token.family.client, client);
    machine.revokeAccessToken(accessToken);
  }
  return new Reply(null, { status: 200, headers: { "cache-control": "no-store" } });
}

function checkOwner(owner: Client, client: Client): void {
  if (owner !== client) throw oauthRefusal(400, "invalid_grant", "The token belongs to another client.");
}
