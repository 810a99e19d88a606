import type { VersionedKey } from "../../repository/key-ring.ts";
import { type Environment, read } from "./environment.ts";
import { StartError } from "./start-error.ts";

/** Characters; what the session asks of its passwords. */
const MIN_PASSWORD = 32;
/** Bytes; what the repository asks of its keys. */
const KEY_BYTES = 32;

/** What seals and authenticates. The newest of each first. */
export interface Secrets {
  readonly cookiePasswords: readonly string[];
  readonly peppers: readonly VersionedKey[];
  readonly sealKeys: readonly VersionedKey[];
  /** The variables that were not set: for these, random secrets were made that end with the process. */
  readonly random: readonly string[];
}

/**
 * Reads the secrets, and makes random ones for what is not set.
 *
 * @param randomBytes `length` unpredictable bytes.
 * @throws StartError that names the variable, and never quotes what it holds.
 *
 * @example
 * ```ts
 * const secrets = readSecrets({ COOKIE_PASSWORDS: "newer-password-of-at-least-32-characters,older-password-of-at-least-32-characters" }, randomBytes);
 * secrets.random; // ["API_KEY_PEPPERS", "RECORD_SEAL_KEYS"]
 * ```
 */
export function readSecrets(environment: Environment, randomBytes: (length: number) => Uint8Array): Secrets {
  const random: string[] = [];
  const randomText = (length: number) => Buffer.from(randomBytes(length)).toString("base64url");

  function orRandom<T>(name: string, parse: (name: string, text: string) => T, make: () => T): T {
    const text = read(environment, name);
    if (text !== null) return parse(name, text);
    random.push(name);
    return make();
  }

  // The version is random too: what a random key has made is never held against another one of the same name.
  const makeKeys = () => [{ version: `process-${randomText(6)}`, key: randomBytes(KEY_BYTES) }];
  return {
    cookiePasswords: orRandom("COOKIE_PASSWORDS", parsePasswords, () => [randomText(KEY_BYTES)]),
    peppers: orRandom("API_KEY_PEPPERS", parseKeys, makeKeys),
    sealKeys: orRandom("RECORD_SEAL_KEYS", parseKeys, makeKeys),
    random,
  };
}

function parsePasswords(name: string, text: string): readonly string[] {
  const passwords = text.split(",").map((password) => password.trim());
  const short = passwords.find((password) => password.length < MIN_PASSWORD);
  if (short === undefined) return passwords;
  throw new StartError(
    `expected ${name} to be passwords of at least ${MIN_PASSWORD} characters, newest first, with commas between, got one of ${short.length}`,
    "generate one with `openssl rand -base64 32`",
  );
}

function parseKeys(name: string, text: string): readonly VersionedKey[] {
  const keys = text.split(",").map((entry) => {
    const [, version = "", encoded = ""] = /^\s*([\w.-]{1,40}):([A-Za-z0-9+/]+=*)\s*$/.exec(entry) ?? [];
    return { version, key: new Uint8Array(Buffer.from(encoded, "base64")) };
  });
  const isDamaged = keys.some(({ version, key }) => version === "" || key.length !== KEY_BYTES);
  if (!isDamaged && new Set(keys.map(({ version }) => version)).size === keys.length) return keys;
  throw new StartError(
    `expected ${name} to be like 2:BASE64,1:BASE64, newest first, each version once and each key of ${KEY_BYTES} bytes, got something else`,
    "generate a key with `openssl rand -base64 32`, and put a version and a colon in front",
  );
}
