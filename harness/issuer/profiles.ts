import type { GraceRule, Lifetimes, Profile } from "./profile.ts";

/** What a profile has unless it says otherwise: it rotates at every use, and that is all it does. */
const ROTATING = {
  rotation: { when: "always" },
  omitsUnchangedToken: false,
  grace: [],
  lateReuse: "error",
  rejections: {},
  concurrency: "atomic",
  endsAccessToken: false,
  lifetimes: { refreshToken: null, sliding: false, absolute: null, inactivity: null } satisfies Lifetimes,
  familyCap: null,
} as const satisfies Partial<Profile>;

const REPLAY = {
  generations: "any",
  count: null,
  untilSuccessorUsed: false,
  sameRequest: false,
} as const satisfies Partial<GraceRule>;

const workos: Profile = {
  ...ROTATING,
  name: "workos",
  grace: [{ ...REPLAY, seconds: 30, answer: "same-pair" }],
  source:
    "workos.com/docs/authkit/session-resilience for the grace; 30 s and same pair from secondary material; the error text from workos/authkit-nextjs#182. " +
    "Not established: whether late reuse ends the session, and whether the grace closes once the successor is used (here: neither).",
};

const betterAuth: Profile = {
  ...ROTATING,
  name: "better-auth",
  lateReuse: "client-user",
  concurrency: "compare-and-swap",
  source:
    "better-auth packages/oauth-provider/src/token.ts: late reuse deletes every refresh token of (client, user); the reuse interval is 0 by default; " +
    "under exact concurrency its compare-and-swap loser is refused without that revocation.",
};

const zitadel: Profile = {
  ...ROTATING,
  name: "zitadel",
  source: "Secondary material: every refresh rotates, there is no grace, and reuse is an error and nothing more.",
};

const logto: Profile = {
  ...ROTATING,
  name: "logto",
  grace: [{ ...REPLAY, seconds: 3, answer: "sibling" }],
  lateReuse: "grant",
  source:
    "Logto's source and node-oidc-provider's, on which it is built: 3 s in which a replay mints a sibling; after that, reuse revokes the grant.",
};

/**
 * The rotation policies that exist now, by name.
 *
 * @example
 * ```ts
 * profiles.logto.grace[0]?.seconds; // 3
 * ```
 */
export const profiles = { workos, "better-auth": betterAuth, zitadel, logto } as const satisfies Record<string, Profile>;
