import { base64url, errors, FlattenedEncrypt, type FlattenedJWE, flattenedDecrypt } from "jose";
import type { KeyRing } from "./key-ring.ts";
import { RepositoryError } from "./repository.ts";

/** The record that a secret is sealed into. */
export interface SealedFor {
  readonly recordKey: string;
  readonly subject: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Seals a secret into one record: a JWE (`dir`, `A256GCM`) that carries the key's version in its protected header, and has record key,
 * subject and version as additional authenticated data.
 *
 * @returns The JWE as JSON text, without that data, so that whoever opens it must bring its own and a moved row does not open.
 *
 * @example
 * ```ts
 * const sealed = await sealSecret(sealKeys, { recordKey: "workos-jti:1", subject: "user_ada" }, secret);
 * await openSecret(sealKeys, { recordKey: "workos-jti:1", subject: "user_ada" }, sealed); // secret
 * ```
 */
export async function sealSecret(sealKeys: KeyRing, target: SealedFor, secret: string): Promise<string> {
  const { version, key } = sealKeys.newest;
  const jwe = await new FlattenedEncrypt(encoder.encode(secret))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: version })
    .setAdditionalAuthenticatedData(encoder.encode(authenticated(target, version)))
    .encrypt(key);
  const { protected: header, iv, ciphertext, tag } = jwe;
  return JSON.stringify({ protected: header, iv, ciphertext, tag });
}

/**
 * @returns The secret that {@link sealSecret} sealed into this record.
 * @throws RepositoryError `unavailable`: without `retryAfter` when the seal is damaged or belongs to another record or user, with it
 * when the ring lacks the key.
 */
export async function openSecret(sealKeys: KeyRing, target: SealedFor, sealed: string): Promise<string> {
  try {
    const jwe: FlattenedJWE = JSON.parse(sealed);
    const { kid } = JSON.parse(decoder.decode(base64url.decode(jwe.protected ?? ""))) as { kid: string };
    const { key } = sealKeys.get(kid);
    const { plaintext } = await flattenedDecrypt({ ...jwe, aad: base64url.encode(authenticated(target, kid)) }, key, {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return decoder.decode(plaintext);
  } catch (error) {
    // A damaged JSON text is a SyntaxError, and damaged base64url a TypeError. Anything else is a fault of the runtime's crypto.
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof TypeError) {
      throw new RepositoryError(
        "unavailable",
        "expected the sealed secret of this very record, got one that does not open: the row was damaged or moved; delete it, and issue a new key",
        null,
        { cause: error },
      );
    }
    throw error;
  }
}

/** JSON, because joined strings could be split elsewhere. */
function authenticated({ recordKey, subject }: SealedFor, version: string): string {
  return JSON.stringify([recordKey, subject, version]);
}
