import { readText, type Text } from "./text.ts";

/**
 * The ids that tell one sign-in from another. It cannot exist without a non-empty one: without, unrelated callbacks would
 * collapse onto one idempotency key.
 */
export type SignInIds = { readonly token_id: Text; readonly session_id?: Text } | { readonly token_id?: never; readonly session_id: Text };

/** Who signed in, and by which token. */
export type Identity = SignInIds & {
  readonly workos_user_id: Text;
  readonly email: Text;
  readonly role?: Text;
  readonly roles?: readonly Text[];
};

/**
 * The ids of a sign-in from its claims. A blank one is absent.
 *
 * @returns `identity_missing` when both are absent, `claim_malformed` when one is unusable.
 *
 * @example
 * ```ts
 * readSignInIds({ jti: "jti_1", sid: " " }); // { token_id: "jti_1" }
 * ```
 */
export function readSignInIds(claims: {
  readonly jti?: unknown;
  readonly sid?: unknown;
}): SignInIds | "identity_missing" | "claim_malformed" {
  const [token, session] = [readText(claims.jti), readText(claims.sid)];
  const [token_id, session_id] = [asText(token), asText(session)];
  if (isMalformed(token) || isMalformed(session)) return "claim_malformed";
  if (token_id !== null) return session_id === null ? { token_id } : { token_id, session_id };
  return session_id === null ? "identity_missing" : { session_id };
}

/**
 * The key under which a sign-in is handled once.
 *
 * @example
 * ```ts
 * idempotencyKeyOf({ token_id: "jti_1", session_id: "session_1" }); // "workos-jti:jti_1"
 * ```
 */
export function idempotencyKeyOf(ids: SignInIds): string {
  return ids.token_id === undefined ? `workos-session:${ids.session_id}` : `workos-jti:${ids.token_id}`;
}

/** The roles that the claims give; what is no usable text is left out. */
export function readRoles(claims: { readonly role?: unknown; readonly roles?: unknown }): Pick<Identity, "role" | "roles"> {
  const role = asText(readText(claims.role));
  const roles = Array.isArray(claims.roles) ? claims.roles.flatMap((one) => asText(readText(one)) ?? []) : null;
  return { ...(role === null ? {} : { role }), ...(roles === null ? {} : { roles }) };
}

function asText(read: ReturnType<typeof readText>): Text | null {
  return typeof read === "string" ? read : null;
}

function isMalformed(read: ReturnType<typeof readText>): boolean {
  return typeof read !== "string" && read.kind === "malformed";
}
