import type { User } from "../state/directory.ts";

/** The scopes that mean something here. */
export const SCOPES = ["openid", "profile", "email", "offline_access"] as const;

/** The words of a `scope` parameter, each once. */
export function wordsOf(scope: string | null): readonly string[] {
  return [...new Set((scope ?? "").split(" ").filter((word) => word !== ""))];
}

/** What the scopes tell of a person (OIDC Core 5.4). */
export function claimsOf(user: User, scope: string | null): Record<string, unknown> {
  const scopes = wordsOf(scope);
  const { firstName, lastName, email, emailVerified, updatedAt } = user;
  const name = { name: `${firstName} ${lastName}`, given_name: firstName, family_name: lastName };
  return {
    ...(scopes.includes("profile") ? { ...name, updated_at: Math.floor(updatedAt / 1000) } : {}),
    ...(scopes.includes("email") ? { email, email_verified: emailVerified } : {}),
  };
}
