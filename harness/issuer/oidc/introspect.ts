import { decodeJwt } from "jose/jwt/decode";
import type { Core } from "../core.ts";
import { json, readForm, requiredParameter } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { RefreshToken } from "../state/records.ts";
import { authenticateClient, invalidClient } from "./client-authentication.ts";

/**
 * `POST /oauth2/introspect` (RFC 7662). Any client with a secret may ask about any token, for the resource servers of this issuer are
 * clients too. A public client may not: whoever knows its name could try tokens out.
 */
export function introspect(core: Core, request: IssuerRequest): Reply {
  const form = readForm(request);
  if (authenticateClient(core.directory, request, form).secret === null) throw invalidClient("Expected a client with a secret.");
  return json(200, describe(core, requiredParameter(form, "token")));
}

function describe({ machine }: Core, token: string): Record<string, unknown> {
  const refreshToken = machine.refreshToken(token);
  if (refreshToken !== undefined) return machine.isUsable(refreshToken) ? describeRefreshToken(refreshToken) : INACTIVE;
  if (machine.useAccessToken(token) === undefined) return INACTIVE;
  return { active: true, token_type: "Bearer", ...decodeJwt(token) };
}

/** Nothing more is said of it: why is no business of whoever asks (§2.2). */
const INACTIVE = { active: false };

function describeRefreshToken({ family }: RefreshToken): Record<string, unknown> {
  const { client, scope, session } = family;
  return { active: true, client_id: client.id, sub: session.user.id, sid: session.id, ...(scope === null ? {} : { scope }) };
}
