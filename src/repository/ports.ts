import type { KeyRing } from "./key-ring.ts";

/**
 * What the repository needs from outside, beside its store. The present moment comes with every request that needs it.
 *
 * @example
 * ```ts
 * const ports: RepositoryPorts = {
 *   peppers: createKeyRing("pepper", [{ version: "1", key: pepper }]),
 *   sealKeys: createKeyRing("seal key", [{ version: "1", key: sealKey }]),
 *   randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
 * };
 * ```
 */
export interface RepositoryPorts {
  /** For the MACs by which API keys are known. Kept outside of the database: a dump alone cannot test a guess. */
  readonly peppers: KeyRing;
  /** For the secrets in replayed answers. Kept outside of the database: a dump alone opens none. */
  readonly sealKeys: KeyRing;
  /** `length` unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
}
