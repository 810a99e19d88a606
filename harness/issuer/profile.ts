import type { IssuerSettings } from "../model/target.ts";

/** One way in which a spent refresh token still gets an answer. The first rule of a profile that fits decides. */
export interface GraceRule {
  /** `parent`: only while the family's newest live token came of it. `any`: however many generations ago. */
  readonly generations: "parent" | "any";
  /** The end itself is outside; null: without end. */
  readonly seconds: number | null;
  /** What the seconds are counted from: the token's first redemption, its last one, or the last one of its whole family. */
  readonly since: "first-redemption" | "last-redemption" | "last-refresh";
  /** How many replays one token gets; null: any number. */
  readonly count: number | null;
  /** The rule ends as soon as an access token that came with a successor is presented to the issuer. */
  readonly untilSuccessorUsed: boolean;
  /** A replay must ask for what the first redemption asked for (the organization); another one is refused, and nothing is revoked. */
  readonly sameRequest: boolean;
  readonly answer: ReplayAnswer;
}

/**
 * - `same-pair`: the answer of the first redemption, byte for byte.
 * - `same-refresh-token`: the newest refresh token of the family with a new access token.
 * - `sibling`: another token of the successor's generation.
 */
export type ReplayAnswer = "same-pair" | "same-refresh-token" | "sibling";

/**
 * What dies when a spent refresh token comes back too late: nothing more (`error`); it and the tokens that came of it; its
 * family; every family of its session at the issuer; of its grant (one user's consent to one client, in one session); or all
 * that its user has with its client.
 */
export type ReuseEffect = "error" | "descendants" | "family" | "session" | "grant" | "client-user";

/** Whether a refresh gives a new refresh token. */
export type Rotation =
  | { readonly when: "always" }
  | { readonly when: "never" }
  /** As soon as this part (0 to 1) of the token's lifetime has passed. */
  | { readonly when: "threshold"; readonly part: number }
  /** Clients without a secret always, others by the threshold. */
  | { readonly when: "public-clients"; readonly part: number };

/** An OAuth error as it stands on the wire. */
export interface TokenError {
  readonly status: number;
  readonly error: string;
  /** Null: the answer has no description. */
  readonly description: string | null;
}

/** Why a refresh token is refused. */
export type RejectionReason =
  /** Nobody has issued it, or it was forgotten. */
  | "unknown"
  /** Redeemed before, and no grace rule fits. */
  | "spent"
  /** Its session or family has ended, or it was revoked. */
  | "ended"
  /** Its own lifetime is over. */
  | "expired"
  /** It belongs to another client. */
  | "foreign"
  /** Another request redeems it at this very moment. */
  | "concurrent";

/** Seconds; null: no such limit. The end itself is too late. */
export interface Lifetimes {
  /** Of each refresh token since it was issued. A successor has its own, so where every use rotates it slides. */
  readonly refreshToken: number | null;
  /** Of a family since its sign-in, however often it is used. */
  readonly absolute: number | null;
  /** Of a family since its last refresh. Where the token is kept, this is what slides. */
  readonly inactivity: number | null;
}

/**
 * What becomes of a redemption that began before another one of the same token was written. It shows only where the issuer's
 * storage takes time: see `IssuerOptions.storage`.
 *
 * - `atomic`: the one waits for the other, as behind a lock, and is judged by what that one left behind.
 * - `compare-and-swap`: the loser is refused as `concurrent`, and nothing is revoked.
 * - `check-then-consume`: each gets a successor of its own, a sibling.
 * - `check-then-replay`: each gets the same pair, grace or not.
 */
export type Concurrency = "atomic" | "compare-and-swap" | "check-then-consume" | "check-then-replay";

/** Where a policy is known from: **S** read in source, **D** the vendor's documentation, **2** secondary public material, or one's own. */
export type Evidence = "S" | "D" | "2" | "own";

/** An issuer's policy, as data. The machine has no branch that names a vendor. */
export interface Profile {
  readonly name: string;
  /** In one line, for lists. */
  readonly summary: string;
  readonly rotation: Rotation;
  /** An answer that does not rotate leaves `refresh_token` out. */
  readonly omitsUnchangedToken: boolean;
  /** Empty: the first redemption is the only one. */
  readonly grace: readonly GraceRule[];
  readonly lateReuse: ReuseEffect;
  /** A token that somebody revoked is taken for a spent one that comes back too late. */
  readonly revokedIsReuse: boolean;
  /** On the wire; where a profile says nothing, a 400 `invalid_grant` with WorkOS' text or ours. */
  readonly rejections: Partial<Readonly<Record<RejectionReason, TokenError>>>;
  readonly concurrency: Concurrency;
  /**
   * A rotation spends the token, then writes the successor, then what a replay is answered with; else all that is one write. A
   * revocation in the first gap misses the successor, and a replay of the same pair in either is refused as `concurrent`.
   */
  readonly writesInSteps: boolean;
  /** A rotation ends the access tokens that came with the spent one: calls in flight get 401. */
  readonly endsAccessToken: boolean;
  readonly lifetimes: Lifetimes;
  /** Families that one user may have with one client; the oldest goes. Null: any number. */
  readonly familyCap: number | null;
  readonly evidence: Evidence;
  /** Where this policy is known from, and what about it is not established or not modelled. */
  readonly source: string;
}

/**
 * For how long a client that presents the same refresh token again gets an answer, in milliseconds since the first redemption:
 * null where it gets none, infinite where no time ends it. It is the longest of the profile's rules, whatever else they ask for;
 * and a token that is never spent can always be presented again.
 *
 * @example
 * ```ts
 * graceOf(profiles.logto); // 3_000
 * graceOf(profiles.google); // Infinity
 * graceOf(profiles.zitadel); // null
 * ```
 */
export function graceOf({ rotation, grace }: Profile): number | null {
  if (rotation.when === "never") return Number.POSITIVE_INFINITY;
  if (grace.length === 0) return null;
  return Math.max(...grace.map(({ seconds }) => (seconds === null ? Number.POSITIVE_INFINITY : seconds * 1000)));
}

/**
 * For how long a refresh token lives that is issued now and never used, in milliseconds: null where it has no end. A limit that counts
 * from the sign-in is taken at its full length.
 */
function lifetimeOf({ lifetimes }: Profile): number | null {
  const limits = Object.values(lifetimes).filter((seconds) => seconds !== null);
  return limits.length === 0 ? null : Math.min(...limits) * 1_000;
}

/**
 * What a client has to know of a profile; times are in milliseconds.
 *
 * @example
 * ```ts
 * policyOf(profiles.logto); // { profile: "logto", grace: 3_000, refreshTokenLifetime: 1_209_600_000 }
 * policyOf(profiles.workos).refreshTokenLifetime; // null
 * ```
 */
export function policyOf(profile: Profile): Pick<IssuerSettings, "profile" | "grace" | "refreshTokenLifetime"> {
  return { profile: profile.name, grace: graceOf(profile), refreshTokenLifetime: lifetimeOf(profile) };
}
