/**
 * The right to act for a while, kept inside a record: taking, renewing and releasing it are compare-and-sets of that record.
 * The fence tells its holders apart: who finds a higher one has been succeeded, and no longer speaks for the record.
 */
export interface Lease {
  /** Counts the holders; never goes back while the record lives. */
  readonly fence: number;
  /** Milliseconds since the epoch, from when on another may take it; 0 once it was released. */
  readonly until: number;
}

/** Nobody has held it yet. */
export const FREE: Lease = { fence: 0, until: 0 };

/**
 * The lease as its next holder takes it; null while it is held.
 *
 * @param duration Milliseconds.
 *
 * @example
 * ```ts
 * taken({ fence: 3, until: 1_000 }, 999, 10_000); // null
 * taken({ fence: 3, until: 1_000 }, 1_000, 10_000); // { fence: 4, until: 11_000 }
 * ```
 */
export function taken(lease: Lease, now: number, duration: number): Lease | null {
  return lease.until > now ? null : { fence: lease.fence + 1, until: now + duration };
}

/**
 * The lease as its holder leaves it: the fence stays, so that a holder who was succeeded can still be told.
 *
 * @example
 * ```ts
 * released({ fence: 4, until: 11_000 }); // { fence: 4, until: 0 }
 * ```
 */
export function released(lease: Lease): Lease {
  return { fence: lease.fence, until: 0 };
}
