import type { GraceRule, Lifetimes, Profile, TokenError } from "../profile.ts";

/** What a profile has unless it says otherwise: it rotates at every use, and that is all it does. */
export const ROTATING = {
  rotation: { when: "always" },
  omitsUnchangedToken: false,
  grace: [],
  lateReuse: "error",
  revokedIsReuse: false,
  rejections: {},
  concurrency: "atomic",
  writesInSteps: false,
  endsAccessToken: false,
  lifetimes: { refreshToken: null, absolute: null, inactivity: null },
  familyCap: null,
} as const satisfies Partial<Profile>;

/** One refresh token from the sign-in to the end. */
export const KEEPING = { ...ROTATING, rotation: { when: "never" } } as const satisfies Partial<Profile>;

/** What a grace rule has unless it says otherwise. */
export const REPLAY = {
  generations: "any",
  since: "first-redemption",
  count: null,
  untilSuccessorUsed: false,
  sameRequest: false,
} as const satisfies Partial<GraceRule>;

/** Every refresh token works for as long as it lives, and each use gives another one. */
export const NEVER_SPENT = [{ ...REPLAY, seconds: null, answer: "sibling" }] as const satisfies readonly GraceRule[];

const FOREVER: Lifetimes = ROTATING.lifetimes;

/** Seconds in a day. */
export const DAY = 86_400;

export function lifetimes(some: Partial<Lifetimes>): Lifetimes {
  return { ...FOREVER, ...some };
}

/** A 400 of this code, with or without a description. */
export function refused(error: string, description: string | null = null): TokenError {
  return { status: 400, error, description };
}

/** One answer for every refusal: nothing on the wire tells why. */
export function always(answer: TokenError): Profile["rejections"] {
  return { unknown: answer, spent: answer, ended: answer, expired: answer, foreign: answer, concurrent: answer };
}
