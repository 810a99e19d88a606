import type { Profile } from "./profile.ts";

const workos: Profile = {
  name: "workos",
  grace: { seconds: 30, answer: "same-pair" },
  lateReuse: "error",
  source:
    "workos.com/docs/authkit/session-resilience for the grace; 30 s and same pair from secondary material; the error text from workos/authkit-nextjs#182. " +
    "Not established: whether late reuse ends the session, and whether the grace closes once the successor is used (here: neither).",
};

const betterAuth: Profile = {
  name: "better-auth",
  grace: null,
  lateReuse: "user",
  source:
    "better-auth packages/oauth-provider/src/token.ts: late reuse deletes every refresh token of (client, user); the reuse interval is 0 by default. " +
    "Not modelled: under exact concurrency its compare-and-swap loser is refused without that revocation.",
};

const zitadel: Profile = {
  name: "zitadel",
  grace: null,
  lateReuse: "error",
  source: "Secondary material: every refresh rotates, there is no grace, and reuse is an error and nothing more.",
};

const logto: Profile = {
  name: "logto",
  grace: { seconds: 3, answer: "sibling" },
  lateReuse: "family",
  source:
    "Logto's source and node-oidc-provider's, on which it is built: 3 s in which a replay mints a sibling; after that, reuse revokes the grant.",
};

/**
 * The rotation policies that exist now, by name.
 *
 * @example
 * ```ts
 * profiles.logto.grace; // { seconds: 3, answer: "sibling" }
 * ```
 */
export const profiles = { workos, "better-auth": betterAuth, zitadel, logto } as const satisfies Record<string, Profile>;
