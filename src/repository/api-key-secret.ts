import { base64url } from "jose";
import type { KeyRing } from "./key-ring.ts";

const PREFIX_BYTES = 6; // Enough that two keys hardly ever share a prefix; nothing breaks when they do.
const SECRET_BYTES = 32;

/** A fixed beginning, so that scanners for leaked secrets can find it. */
const SHAPE = /^(hfk_[0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

const encoder = new TextEncoder();

/** A new secret with what is stored of it. */
export interface NewSecret {
  /** `hfk_`, 12 hexadecimal digits, `_`, and 256 random bits in base64url. */
  readonly secret: string;
  /** Everything before the last part: what the key is recognised by and looked up with. */
  readonly prefix: string;
  /** HMAC-SHA-256 of the whole secret, base64url. */
  readonly secretMac: string;
  readonly pepperVersion: string;
}

/**
 * @param randomBytes `length` unpredictable bytes.
 *
 * @example
 * ```ts
 * const { secret, prefix } = await newSecret(peppers, randomBytes);
 * prefixOf(secret) === prefix; // true
 * ```
 */
export async function newSecret(peppers: KeyRing, randomBytes: (length: number) => Uint8Array): Promise<NewSecret> {
  const prefix = `hfk_${hex(randomBytes(PREFIX_BYTES))}`;
  const secret = `${prefix}_${base64url.encode(randomBytes(SECRET_BYTES))}`;
  const { version, key } = peppers.newest;
  const mac = await crypto.subtle.sign("HMAC", await importPepper(key, "sign"), encoder.encode(secret));
  return { secret, prefix, secretMac: base64url.encode(new Uint8Array(mac)), pepperVersion: version };
}

/** @returns What to look a secret up with; null when it cannot be one of ours. */
export function prefixOf(secret: string): string | null {
  return SHAPE.exec(secret)?.[1] ?? null;
}

/**
 * Whether a MAC was made of this secret. WebCrypto compares the two in constant time, so that a guesser learns nothing from how
 * long a refusal takes.
 *
 * @throws RepositoryError `unavailable` when the ring lacks the pepper.
 */
export async function isMacOf(
  secret: string,
  stored: { readonly secretMac: string; readonly pepperVersion: string },
  peppers: KeyRing,
): Promise<boolean> {
  const pepper = await importPepper(peppers.get(stored.pepperVersion).key, "verify");
  return crypto.subtle.verify("HMAC", pepper, new Uint8Array(base64url.decode(stored.secretMac)), encoder.encode(secret));
}

function importPepper(key: Uint8Array, usage: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new Uint8Array(key), { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}

/** @returns Lower-case hexadecimal digits, two a byte. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
