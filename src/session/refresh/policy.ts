/** For how long the issuer answers a replay of a spent refresh token with something that works. */
export interface IssuerGrace {
  /** Milliseconds since the first redemption. */
  readonly duration: number;
}

/** How patient the ledger is. Milliseconds, as all here. */
export interface RefreshPolicy {
  /** How long an older generation is adopted after a newer one was first presented. */
  readonly window: number;
  /** How long a lease holds without being renewed: after that its holder is taken for dead. */
  readonly lease: number;
  /** How long a request waits for another isolate's refresh; and how long it presents the token itself. Then it answers `unavailable`. */
  readonly patience: number;
  /** After how long an answer that has not come is taken for lost: its connection is ended, and it is ambiguous. */
  readonly attempt: number;
  /** For how long, since the first presentation, an ambiguous answer is asked for again; null: exactly once, at once. */
  readonly retry: number | null;
}

/** One minute: browsers finish the requests that carry the older cookie within seconds; the rest is for slow networks. */
const DEFAULT_WINDOW = 60_000;
/** Ten seconds: token endpoints answer within one, and a successor must not wait long for a dead holder. */
const LONGEST_LEASE = 10_000;
const PATIENCE = 30_000;
/**
 * Twenty seconds where nothing is replayed: an answer that is given up may be the only copy of the successor, and one that comes so late is
 * rarer than a connection that is dead without a word. It leaves ten for the second and last try.
 */
const ONLY_ATTEMPT = 20_000;
/** A third of the grace for the lease of a holder that died, one for the first try of its successor, one for the next. */
const PARTS_OF_GRACE = 3;

/**
 * The policy for an issuer. Everything that has to happen inside of the grace, a dead holder's lease included, does.
 *
 * @param grace null where the first redemption is the only one.
 * @param window Milliseconds; default one minute.
 *
 * @example
 * ```ts
 * refreshPolicy({ duration: 30_000 }).lease; // 10_000
 * refreshPolicy({ duration: 3_000 }).lease; // 1_000
 * refreshPolicy(null).attempt; // 20_000
 * ```
 */
export function refreshPolicy(grace: IssuerGrace | null, window = DEFAULT_WINDOW): RefreshPolicy {
  if (grace === null) return { window, lease: LONGEST_LEASE, patience: PATIENCE, attempt: ONLY_ATTEMPT, retry: null };
  // Nobody waits longer than patience lasts, however long the issuer would answer.
  const part = Math.floor(Math.min(grace.duration / PARTS_OF_GRACE, PATIENCE));
  return { window, lease: Math.min(LONGEST_LEASE, part), patience: PATIENCE, attempt: part, retry: part * (PARTS_OF_GRACE - 1) };
}
