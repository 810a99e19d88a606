import { CompactEncrypt, compactDecrypt, errors } from "jose";
import { createSealKeys } from "./seal-keys.ts";

/** What a sealed text turned out to be. */
export type Unsealed =
  | { readonly kind: "opened"; readonly text: string }
  /** Sealed by a key that this deployment does not have (yet, or any more): no statement about what is inside. */
  | { readonly kind: "unknown-key" }
  /** Damaged, forged, or never sealed. */
  | { readonly kind: "damaged" };

/** Seals texts and opens them. */
export interface Seal {
  seal(text: string): Promise<string>;
  /** Never rejects because of what it is given. */
  open(sealed: string): Promise<Unsealed>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class UnknownKey extends errors.JWEInvalid {}

/**
 * A seal made of a compact JWE (`dir`, `A256GCM`, RFC 7516) whose protected header names the key.
 *
 * @param passwords See {@link createSealKeys}.
 * @throws SessionError `bad_options` when the passwords will not do.
 *
 * @example
 * ```ts
 * const { seal, open } = createSeal([password]);
 * await open(await seal("text")); // { kind: "opened", text: "text" }
 * ```
 */
export function createSeal(passwords: readonly string[]): Seal {
  const sealKeys = createSealKeys(passwords);
  return {
    async seal(text) {
      const { newest } = await sealKeys();
      return new CompactEncrypt(encoder.encode(text))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: newest.id })
        .encrypt(newest.key);
    },

    async open(sealed) {
      const keys = await sealKeys();
      try {
        const { plaintext } = await compactDecrypt(
          sealed,
          ({ kid }) => {
            const sealKey = keys.byId.get(kid ?? "");
            if (sealKey === undefined) throw new UnknownKey();
            return sealKey.key;
          },
          // What comes from outside could otherwise ask for costly algorithms before it is authenticated.
          { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"], maxDecompressedLength: 0 },
        );
        return { kind: "opened", text: decoder.decode(plaintext) };
      } catch (error) {
        if (error instanceof UnknownKey) return { kind: "unknown-key" };
        // Anything else is a fault of the runtime's crypto, and no statement about what was sealed.
        if (error instanceof errors.JOSEError) return { kind: "damaged" };
        throw error;
      }
    },
  };
}
