import { hash, timingSafeEqual } from "node:crypto";
import { HoldfastError } from "../../model/error.ts";

// node:crypto's hash is synchronous, unlike WebCrypto's: a check and the change that follows it stay one atomic step.
const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/** Compares two secrets in a time that tells nothing of where, or in what length, they differ. */
export function sameSecret(presented: string, expected: string): boolean {
  return timingSafeEqual(sha256(presented), sha256(expected));
}

/** The PKCE `S256` challenge of a verifier (RFC 7636 §4.2). */
export function s256(verifier: string): string {
  return sha256(verifier).toString("base64url");
}

/**
 * A source of opaque, url-safe secrets of 32 characters.
 *
 * @throws {HoldfastError} `BAD_USAGE` from the source when the bytes repeat: two credentials of one name would be one credential
 */
export function secretSource(randomBytes: (length: number) => Uint8Array): () => string {
  const given = new Set<string>();
  return () => {
    const secret = Buffer.from(randomBytes(24)).toString("base64url");
    if (given.has(secret)) {
      throw new HoldfastError(
        "BAD_USAGE",
        "expected fresh random bytes, got the same 24 twice",
        "pass a `randomBytes` that does not repeat",
      );
    }
    given.add(secret);
    return secret;
  };
}
