import type { Profile } from "../profile.ts";
import { profiles } from "../profiles.ts";
import { DAY, REPLAY } from "./base.ts";

/** What the profiles' sources describe beside the defaults: each as its spread. */
export const variants = {
  "better-auth with an interval": {
    ...profiles["better-auth"],
    grace: [{ ...REPLAY, seconds: 30, sameRequest: true, answer: "same-pair" }],
  },
  "auth0 with a leeway": { ...profiles.auth0, grace: [{ ...REPLAY, generations: "parent", seconds: 10, answer: "sibling" }] },
  "hydra with a grace period": { ...profiles.hydra, grace: [{ ...REPLAY, seconds: 60, answer: "sibling" }] },
  "django-oauth-toolkit with a grace period": {
    ...profiles["django-oauth-toolkit"],
    grace: [
      { ...REPLAY, generations: "parent", seconds: 30, answer: "same-pair" },
      { ...REPLAY, seconds: 30, answer: "sibling" },
    ],
  },
  "dex with a reuse interval": {
    ...profiles.dex,
    grace: [{ ...REPLAY, generations: "parent", seconds: 3, answer: "same-refresh-token" }],
  },
  "supabase-v1 with a reuse interval": {
    ...profiles["supabase-v1"],
    grace: [...profiles["supabase-v1"].grace, { ...REPLAY, seconds: 10, answer: "sibling" }],
  },
  "supabase-v2 with a reuse interval": {
    ...profiles["supabase-v2"],
    grace: [...profiles["supabase-v2"].grace, { ...REPLAY, seconds: 10, since: "last-refresh", answer: "same-refresh-token" }],
  },
  "keycloak-revoking with one reuse": {
    ...profiles["keycloak-revoking"],
    grace: [{ ...REPLAY, generations: "parent", seconds: null, count: 1, answer: "sibling" }],
  },
  "authentik as documented": { ...profiles.authentik, rotation: { when: "threshold", part: 719 / 720 } },
  "duende with sliding expiration": {
    ...profiles.duende,
    lifetimes: { ...profiles.duende.lifetimes, inactivity: 15 * DAY },
  },
  "google with room for two": { ...profiles.google, familyCap: 2 },
} as const satisfies Record<string, Profile>;
