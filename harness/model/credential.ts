/** A refresh or access token as traces and monitors know it: by its place in a family, never by its bytes. */
export interface Credential {
  readonly type: "refresh-token" | "access-token";
  /** The issuer's user id, for instance `user_ada`. */
  readonly user: string;
  /** The issuer's session id (`sid`). */
  readonly session: string;
  /** The refresh tokens of one sign-in, for instance `F1`. */
  readonly family: string;
  /** Depth in the family's chain; the sign-in itself issues generation 0. */
  readonly generation: number;
  /** 0 for the first token of a generation, then 1, 2, … for its siblings. */
  readonly sibling: number;
}

/**
 * The short name of a credential: `RT F1.g3`, `AT F1.g3`, and `RT F1.g3b` for the second of two siblings.
 *
 * @example
 * ```ts
 * credentialLabel({ type: "refresh-token", user: "u", session: "s", family: "F1", generation: 3, sibling: 1 }); // "RT F1.g3b"
 * ```
 */
export function credentialLabel(credential: Credential): string {
  const prefix = credential.type === "refresh-token" ? "RT" : "AT";
  return `${prefix} ${credential.family}.g${credential.generation}${siblingSuffix(credential.sibling)}`;
}

function siblingSuffix(sibling: number): string {
  if (sibling === 0) return "";
  // The first token carries no letter, so the second one is "b": g3, g3b, g3c.
  return sibling < 26 ? String.fromCharCode(97 + sibling) : `~${sibling}`;
}
