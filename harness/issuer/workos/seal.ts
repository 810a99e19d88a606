import { createCipheriv, createHmac, pbkdf2Sync } from "node:crypto";

/**
 * Seals a session as WorkOS' SDKs do: iron's `Fe26.2` format (iron-webcrypto's defaults: PBKDF2-SHA1 with one round, AES-256-CBC,
 * HMAC-SHA256) under the password id 1, without an end, with the suffix `~2` of iron-session. Made here, and not by iron-webcrypto,
 * because that takes its randomness from the process.
 */
export function seal(data: unknown, password: string, randomBytes: (length: number) => Uint8Array): string {
  const salt = Buffer.from(randomBytes(32)).toString("hex");
  const iv = Buffer.from(randomBytes(16));
  const cipher = createCipheriv("aes-256-cbc", key(password, salt), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(data), "utf8"), cipher.final()]);
  const base = `Fe26.2*1*${salt}*${iv.toString("base64url")}*${sealed.toString("base64url")}*`;
  const macSalt = Buffer.from(randomBytes(32)).toString("hex");
  const mac = createHmac("sha256", key(password, macSalt)).update(base).digest("base64url");
  return `${base}*${macSalt}*${mac}~2`;
}

function key(password: string, salt: string): Buffer {
  return pbkdf2Sync(password, salt, 1, 32, "sha1");
}
