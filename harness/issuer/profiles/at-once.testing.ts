import { expect } from "vitest";
import type { profiles } from "../profiles.ts";

// For tests alone: what comes of requests that present one token at once.

/** How many requests with one token are answered, and with how many different refresh tokens. */
export type AtOnce = "one" | "all, with the same" | "all, with one each" | "all, and it is kept";

/** When each redemption is one step, and when all have read the token before any has written. By hand. */
export const AT_ONCE: Record<keyof typeof profiles, readonly [stepped: AtOnce, raced: AtOnce]> = {
  workos: ["all, with the same", "all, with the same"],
  "better-auth": ["one", "one"],
  zitadel: ["one", "one"],
  logto: ["all, with one each", "all, with one each"],
  auth0: ["one", "one"],
  authentik: ["all, and it is kept", "all, and it is kept"],
  cognito: ["all, and it is kept", "all, and it is kept"],
  "convex-auth": ["all, with the same", "all, with the same"],
  dex: ["one", "one"],
  "django-oauth-toolkit": ["one", "all, with the same"],
  doorkeeper: ["all, with one each", "all, with one each"],
  duende: ["all, and it is kept", "all, and it is kept"],
  entra: ["all, with one each", "all, with one each"],
  fusionauth: ["all, and it is kept", "all, and it is kept"],
  google: ["all, and it is kept", "all, and it is kept"],
  hydra: ["one", "one"],
  keycloak: ["all, with one each", "all, with one each"],
  "keycloak-revoking": ["one", "one"],
  league: ["one", "all, with one each"],
  "node-oidc-provider": ["all, and it is kept", "all, and it is kept"],
  okta: ["all, with one each", "all, with one each"],
  openiddict: ["all, with one each", "one"],
  "spring-as": ["all, and it is kept", "all, and it is kept"],
  "supabase-v1": ["all, with the same", "all, with the same"],
  "supabase-v2": ["all, with the same", "all, with the same"],
};

/** What the answers gave, each by its name; what the token presented is called; and how many of the next generation live. */
interface Race {
  readonly count: number;
  readonly given: readonly string[];
  readonly kept: string;
  readonly live: number;
}

export function expectAtOnce(outcome: AtOnce, { count, given, kept, live }: Race): void {
  const different = new Set(given).size;
  if (outcome === "one") expect([given.length, different, live <= 1]).toEqual([1, 1, true]);
  if (outcome === "all, with the same") expect([given.length, different, live]).toEqual([count, 1, 1]);
  if (outcome === "all, with one each") expect([given.length, different, live]).toEqual([count, count, count]);
  if (outcome === "all, and it is kept") expect([given.length, new Set(given), live]).toEqual([count, new Set([kept]), 0]);
}
