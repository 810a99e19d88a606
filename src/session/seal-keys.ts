import { base64url } from "jose";
import { SessionError } from "./error.ts";

/** Characters. A random password of this length carries far more than the 128 bits that the seal needs. */
const MIN_PASSWORD_LENGTH = 32;

const KEY_BYTES = 32; // A256GCM.
const KEY_ID_BYTES = 8; // Names a key within one ring; a collision only costs a failed opening.

const encoder = new TextEncoder();

/** One key that seals cookies. */
export interface SealKey {
  /** Derived from the password beside the key, so that every deployment names the same key alike. Says nothing about either. */
  readonly id: string;
  readonly key: CryptoKey;
}

/** The keys that seal cookies: the newest seals, all of them open. */
export interface SealKeys {
  readonly newest: SealKey;
  readonly byId: ReadonlyMap<string, SealKey>;
}

/**
 * A key ring that derives its keys when they are first asked for, and once.
 *
 * @param passwords Newest first; each a random string of at least {@link MIN_PASSWORD_LENGTH} characters. To rotate, put a new
 * one in front and drop the old one when the last cookie it sealed has run out.
 * @returns A function that resolves to the keys.
 * @throws SessionError `bad_options` at once, when there is no password or one is too short.
 *
 * @example
 * ```ts
 * const sealKeys = createSealKeys([process.env.COOKIE_PASSWORD, process.env.PREVIOUS_COOKIE_PASSWORD]);
 * const { newest } = await sealKeys();
 * ```
 */
export function createSealKeys(passwords: readonly string[]): () => Promise<SealKeys> {
  if (passwords.length === 0) {
    throw new SessionError("bad_options", "expected at least one cookie password, got none: pass cookiePasswords, the newest first");
  }
  for (const [index, password] of passwords.entries()) {
    if (password.length < MIN_PASSWORD_LENGTH) {
      throw new SessionError(
        "bad_options",
        `expected cookie passwords of at least ${MIN_PASSWORD_LENGTH} characters, got ${password.length} in cookiePasswords[${index}]: generate one with \`openssl rand -base64 32\``,
      );
    }
  }

  let derived: Promise<SealKeys> | null = null;
  return () => {
    derived ??= deriveAll(passwords).catch((error: unknown) => {
      // A failure must not be remembered: it would sign everybody out until a restart.
      derived = null;
      throw error;
    });
    return derived;
  };
}

async function deriveAll(passwords: readonly string[]): Promise<SealKeys> {
  const keys: SealKey[] = [];
  for (const password of passwords) keys.push(await derive(password));
  const [newest] = keys;
  if (newest === undefined) throw new Error("unreachable: an empty ring was refused");
  return { newest, byId: new Map(keys.map((key) => [key.id, key])) };
}

/** HKDF (RFC 5869) with SHA-256: enough because the passwords are random; a slow KDF would only slow the cold start. */
async function derive(password: string): Promise<SealKey> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(password), "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: encoder.encode("holdfast-session"), info: encoder.encode("A256GCM key and key id") },
    material,
    (KEY_BYTES + KEY_ID_BYTES) * 8,
  );
  const key = await crypto.subtle.importKey("raw", bits.slice(0, KEY_BYTES), "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id: base64url.encode(new Uint8Array(bits, KEY_BYTES)), key };
}
