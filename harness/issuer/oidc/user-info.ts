import type { Core } from "../core.ts";
import { bearer, json, oauthRefusal, Refusal } from "../http.ts";
import { type IssuerRequest, Reply } from "../message.ts";
import { claimsOf, wordsOf } from "./scopes.ts";

/** `GET` and `POST /oauth2/userinfo` (OIDC Core 5.3): what the scopes of the presented access token tell. */
export function userInfo({ machine }: Core, request: IssuerRequest): Reply {
  const presented = bearer(request);
  // Whoever presents nothing learns how to, and of no error (RFC 6750 §3.1).
  if (presented === null)
    throw new Refusal(new Reply(null, { status: 401, headers: { "www-authenticate": "Bearer", "cache-control": "no-store" } }));
  const accessToken = machine.useAccessToken(presented);
  if (accessToken === undefined) throw refused(401, "invalid_token", "The access token is unknown, expired or revoked.");
  if (!wordsOf(accessToken.scope).includes("openid")) {
    throw refused(403, "insufficient_scope", "Expected an access token with the scope openid.", ', scope="openid"');
  }
  const { user } = accessToken.token.family.session;
  return json(200, { sub: user.id, ...claimsOf(user, accessToken.scope) });
}

function refused(status: number, error: string, description: string, more = ""): Refusal {
  const challenge = `Bearer error="${error}", error_description="${description}"${more}`;
  return oauthRefusal(status, error, description, { "www-authenticate": challenge });
}
