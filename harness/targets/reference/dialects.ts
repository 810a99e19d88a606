import type { Dialect } from "../../../src/session/token-answer.ts";

/** Profiles of issuers whose refusals mean something else than the standard says. */
const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ["auth0", "auth0"],
  ["cognito", "cognito"],
  ["dex", "dex"],
  ["hydra", "hydra"],
  ["supabase-v1", "supabase"],
  ["supabase-v2", "supabase"],
  ["zitadel", "zitadel"],
]);

/** How the issuer of a profile words its refusals. A deployment knows its issuer, so whoever sets the reference implementation up does. */
export function dialectOf(profile: string): Dialect {
  return DIALECTS.get(profile) ?? "standard";
}
