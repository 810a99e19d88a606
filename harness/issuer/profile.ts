/** One way in which a spent refresh token still gets an answer. The first rule of a profile that fits decides. */
export interface GraceRule {
  /** `parent`: only while the successor has not been redeemed itself. `any`: however many generations ago. */
  readonly generations: "parent" | "any";
  /** Seconds since the first redemption, the end itself outside; null: without end. */
  readonly seconds: number | null;
  /** How many replays one token gets; null: any number. */
  readonly count: number | null;
  /** The rule ends as soon as the successor, or the access token that came with it, is presented to the issuer. */
  readonly untilSuccessorUsed: boolean;
  /** A replay must ask for the organization that the first redemption asked for. */
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
 * What dies when a spent refresh token comes back too late: nothing more; the tokens that descend from it; its family; every
 * family of its session at the issuer; of its grant (one user's consent to one client, in one session); or all that its user
 * has with its client.
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

/** Seconds; null: no such limit. */
export interface Lifetimes {
  /** Of each refresh token. */
  readonly refreshToken: number | null;
  /** Whether a use that does not rotate begins that lifetime anew. */
  readonly sliding: boolean;
  /** Of a family since its sign-in, however often it is used. */
  readonly absolute: number | null;
  /** Of a family since its last refresh. */
  readonly inactivity: number | null;
}

/**
 * How an issuer redeems a token whose redemption is already under way. It shows only where the issuer's storage takes time:
 * see `IssuerOptions.storage`.
 *
 * - `atomic`: the one waits for the other, as behind a lock.
 * - `compare-and-swap`: the loser is refused as `concurrent`, and nothing is revoked. A rotation is stored before its replay can be
 *   answered, so a replay in between is a loser too.
 * - `check-then-consume`: both succeed, with siblings.
 */
export type Concurrency = "atomic" | "compare-and-swap" | "check-then-consume";

/** An issuer's policy, as data. The machine has no branch that names a vendor. */
export interface Profile {
  readonly name: string;
  readonly rotation: Rotation;
  /** An answer that does not rotate leaves `refresh_token` out. */
  readonly omitsUnchangedToken: boolean;
  /** Empty: the first redemption is the only one. */
  readonly grace: readonly GraceRule[];
  readonly lateReuse: ReuseEffect;
  /** On the wire; WorkOS' texts where a profile says nothing. */
  readonly rejections: Partial<Readonly<Record<RejectionReason, TokenError>>>;
  readonly concurrency: Concurrency;
  /** A rotation ends the access token that came with the spent one: calls in flight get 401. */
  readonly endsAccessToken: boolean;
  readonly lifetimes: Lifetimes;
  /** Families that one user may have with one client; the oldest goes. Null: any number. */
  readonly familyCap: number | null;
  /** Where this policy is known from, and what about it is not established. */
  readonly source: string;
}

/**
 * For how long a client can get an answer for a spent refresh token, in milliseconds since its first redemption; null where it
 * gets none, infinite where no time ends it.
 *
 * @example
 * ```ts
 * graceOf(profiles.logto); // 3_000
 * ```
 */
export function graceOf(profile: Profile): number | null {
  if (profile.grace.length === 0) return null;
  return Math.max(...profile.grace.map(({ seconds }) => (seconds === null ? Number.POSITIVE_INFINITY : seconds * 1000)));
}
