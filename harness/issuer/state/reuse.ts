import type { ReuseEffect } from "../profile.ts";
import type { Family, RefreshToken } from "./records.ts";

/** What late reuse takes with it. */
type Punishment = Exclude<ReuseEffect, "error">;

/** What is late reuse's doing, as the journal words it. */
export const REUSE_RULES: Readonly<Record<Punishment, string>> = {
  descendants: "late reuse revokes the tokens that came of it",
  family: "late reuse revokes the family",
  session: "late reuse ends the session",
  grant: "late reuse revokes the grant",
  "client-user": "late reuse revokes every session of the user",
};

/** Whether the reuse of a token ends a family. */
export function isReached(effect: Exclude<Punishment, "descendants">, token: RefreshToken, family: Family): boolean {
  const { session, client } = token.family;
  switch (effect) {
    case "family":
      return family === token.family;
    case "session":
      return family.session === session;
    case "grant":
      return family.session === session && family.client === client;
    case "client-user":
      return family.session.user === session.user && family.client === client;
  }
}

/** The token itself and all that came of it. */
export function descendantsOf(token: RefreshToken): ReadonlySet<RefreshToken> {
  const found = new Set([token]);
  // A family's tokens stand in the order in which they were issued: a parent comes before its children.
  for (const one of token.family.tokens) if (one.parent !== null && found.has(one.parent)) found.add(one);
  return found;
}

/** Whether a rotation is under way: its successor is written after whatever is revoked now, and lives. */
export function isWriting({ tokens }: Family): boolean {
  return tokens.some(({ spent }) => spent !== null && spent.successor === null);
}
