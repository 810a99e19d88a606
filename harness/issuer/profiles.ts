import { unknownName } from "../model/error.ts";
import type { Profile } from "./profile.ts";
import * as libraries from "./profiles/libraries.ts";
import * as servers from "./profiles/servers.ts";
import * as services from "./profiles/services.ts";

/**
 * The rotation policies of issuers that exist, by name: those that every client should meet first, then the rest by the alphabet.
 * A policy of one's own is a spread of one of them, or comes from JSON through `profileFrom`.
 *
 * @example
 * ```ts
 * profiles.logto.grace[0]?.seconds; // 3
 * const lenient = { ...profiles["better-auth"], grace: profiles.workos.grace };
 * graceOf(lenient); // 30_000
 * ```
 */
export const profiles = {
  workos: services.workos,
  "better-auth": libraries.betterAuth,
  zitadel: servers.zitadel,
  logto: servers.logto,
  auth0: services.auth0,
  authentik: servers.authentik,
  cognito: services.cognito,
  "convex-auth": libraries.convexAuth,
  dex: servers.dex,
  "django-oauth-toolkit": libraries.djangoOauthToolkit,
  doorkeeper: libraries.doorkeeper,
  duende: libraries.duende,
  entra: services.entra,
  fusionauth: servers.fusionauth,
  google: services.google,
  hydra: servers.hydra,
  keycloak: servers.keycloak,
  "keycloak-revoking": servers.keycloakRevoking,
  league: libraries.league,
  "node-oidc-provider": libraries.oidcProvider,
  okta: services.okta,
  openiddict: libraries.openIddict,
  "spring-as": libraries.springAs,
  "supabase-v1": services.supabaseV1,
  "supabase-v2": services.supabaseV2,
} as const satisfies Record<string, Profile>;

/** @throws HoldfastError `BAD_USAGE` for a name that no profile has */
export function profileNamed(name: string): Profile {
  const profile = Object.values(profiles).find((one) => one.name === name);
  if (profile === undefined) throw unknownName("profile", name, Object.keys(profiles));
  return profile;
}
