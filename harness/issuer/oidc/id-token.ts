import { createHash } from "node:crypto";
import type { JSONWebKeySet } from "jose";
import { createLocalJWKSet } from "jose/jwks/local";
import { compactVerify } from "jose/jws/compact/verify";
import type { Core } from "../core.ts";
import type { User } from "../state/directory.ts";
import type { AccessToken } from "../state/records.ts";
import { claimsOf } from "./scopes.ts";

/** Signs the ID token that goes with an access token (OIDC Core 2). What it says is of the moment of the call. */
export async function idToken({ origin, options, sign }: Core, accessToken: AccessToken, nonce: string | null): Promise<string> {
  const { session, client } = accessToken.token.family;
  const claims = {
    ...{ iss: origin, sub: session.user.id, aud: client.id, sid: session.id },
    ...{ iat: Math.floor(options.now() / 1000), exp: accessToken.expiresAt / 1000, auth_time: Math.floor(session.startedAt / 1000) },
    ...(nonce === null ? {} : { nonce }),
    ...claimsOf(session.user, accessToken.scope),
  };
  return sign({ ...claims, at_hash: accessTokenHash(await accessToken.jwt) }, { typ: "JWT" });
}

/** The left half of its SHA-256 (OIDC Core 3.1.3.6). */
function accessTokenHash(jwt: string): string {
  return createHash("sha256").update(jwt).digest().subarray(0, 16).toString("base64url");
}

/** Whom an ID token of this issuer is about. */
export interface Hint {
  readonly user: User;
  readonly sessionId: string;
  readonly clientId: string;
}

/** Reads an `id_token_hint`, also one that has expired (OIDC RP-Initiated Logout 1.0 §2). Null for anything that this issuer has not signed. */
export async function readHint({ keys, origin, directory }: Core, hint: string): Promise<Hint | null> {
  let claims: Record<string, unknown>;
  try {
    const { payload, protectedHeader } = await compactVerify(hint, createLocalJWKSet(keys.published() as unknown as JSONWebKeySet));
    // An access token is signed with the same keys and is no ID token.
    if (protectedHeader.typ !== "JWT") return null;
    claims = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return null;
  }
  const { iss, sub, sid, aud } = claims;
  const user = directory.user(String(sub));
  return iss === origin && user !== undefined ? { user, sessionId: String(sid), clientId: String(aud) } : null;
}
