/** What is stored under a key. */
export interface StoredRecord {
  /** Opaque to the store. Whatever in it is secret is sealed. */
  readonly value: string;
  /** Grows with every change of the key, also across deletion; never 0. */
  readonly version: number;
}

/** What came of a write. */
export type Written =
  | { readonly kind: "written"; readonly version: number }
  /** Another version stands there; nothing was written. Null when there is no record. */
  | { readonly kind: "conflict"; readonly record: StoredRecord | null };

/**
 * Where isolates meet: versioned records with compare-and-set. Fenced leases are records too, see `lease.ts`.
 * Every method rejects when the store cannot be reached, and may then have written or not.
 */
export interface Store {
  /** The record of a key; null when there is none or it has expired. */
  read(key: string): Promise<StoredRecord | null>;
  /**
   * Replaces a record if it still has the version that its writer knows.
   *
   * @param version 0 when there was no record.
   * @param value null deletes; what is not there cannot be deleted, which is a conflict.
   * @param expiresAt Milliseconds since the epoch, from when on the record is absent.
   */
  compareAndSet(key: string, version: number, value: string | null, expiresAt: number): Promise<Written>;
  /**
   * Waits until a key has another version than the one that the caller knows, or until a moment: one operation, and nobody polls.
   *
   * @param version 0 when there was no record.
   * @param deadline Milliseconds since the epoch.
   * @returns The record as it is then.
   */
  wait(key: string, version: number, deadline: number): Promise<StoredRecord | null>;
  /** The keys that begin with `prefix`, those that have not changed for longest first, at most `limit`. */
  list(prefix: string, limit: number): Promise<readonly string[]>;
  /** Deletes what has expired and says how many records that were. */
  sweep(): Promise<number>;
}
