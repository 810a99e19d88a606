import { RepositoryError } from "./repository.ts";

/** Bytes. What A256GCM takes, and the output length of SHA-256, below which RFC 2104 §3 discourages an HMAC key. */
const KEY_BYTES = 32;

/** A secret key with a name that may be stored beside what it made. */
export interface VersionedKey {
  /** Says nothing about the key; for example `"2"` or `"2026-01"`. */
  readonly version: string;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

/** Keys of one purpose: the newest makes, all of them check or open. */
export interface KeyRing {
  readonly newest: VersionedKey;
  /**
   * @throws RepositoryError `unavailable` when the ring has no such key, as in a deployment that is older than the row: another
   * isolate can answer, so it is no statement about what the key made.
   */
  get(version: string): VersionedKey;
}

/**
 * @param purpose For error messages: `"pepper"` or `"seal key"`.
 * @param keys Newest first. A pepper stays as long as keys that it made; a seal key, as long as the longest record.
 * @throws RepositoryError `invalid_argument` when there is none, two share a version, or one is not 32 bytes.
 *
 * @example
 * ```ts
 * const peppers = createKeyRing("pepper", [{ version: "2", key: newer }, { version: "1", key: older }]);
 * peppers.newest.version; // "2"
 * ```
 */
export function createKeyRing(purpose: string, keys: readonly VersionedKey[]): KeyRing {
  const [newest] = keys;
  if (newest === undefined) {
    throw new RepositoryError("invalid_argument", `expected at least one ${purpose}, got none: pass the newest first`);
  }
  const byVersion = new Map<string, VersionedKey>();
  for (const { version, key } of keys) {
    if (key.length !== KEY_BYTES) {
      throw new RepositoryError(
        "invalid_argument",
        `expected a ${purpose} of ${KEY_BYTES} bytes, got ${key.length} in version ${version}: generate one with \`openssl rand 32\``,
      );
    }
    if (byVersion.has(version)) {
      throw new RepositoryError("invalid_argument", `expected every ${purpose} to have a version of its own, got ${version} twice`);
    }
    // A copy, so that a caller who wipes its buffer does not wipe ours.
    byVersion.set(version, { version, key: key.slice() });
  }
  return {
    newest: byVersion.get(newest.version) as VersionedKey,
    get(version) {
      const found = byVersion.get(version);
      if (found !== undefined) return found;
      throw new RepositoryError(
        "unavailable",
        `expected ${purpose} version ${version} in the ring, got ${[...byVersion.keys()].join(", ")}: deploy the ring that has it everywhere`,
        RETRY_AFTER_SECONDS,
      );
    },
  };
}

/** Seconds; about what a rolling deployment takes to reach the next isolate. */
const RETRY_AFTER_SECONDS = 5;
