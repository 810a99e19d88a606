import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  type KeyObject,
  constants as nodeConstants,
  sign as nodeSign,
  verify as nodeVerify,
  pbkdf2Sync,
  timingSafeEqual,
} from "node:crypto";
import { bytesOf, exportKeySync, importKeySync, type KeyMaterial, materialOf, toArrayBuffer } from "./crypto-keys.ts";
import type { Names } from "./names.ts";

/** Beyond this many results the memo starts anew; a long search must not grow without bound. */
const MEMO_LIMIT = 20_000;
const memo = new Map<string, unknown>();

/**
 * Results of pure functions of bytes, shared by all worlds of the process: they cannot carry anything from one run to
 * the next but time saved.
 */
function memoised<T>(key: string, compute: () => T): T {
  const known = memo.get(key);
  if (known !== undefined) return known as T;
  if (memo.size >= MEMO_LIMIT) memo.clear();
  const value = compute();
  memo.set(key, value);
  return value;
}

type Parameters = { readonly name: string } & Record<string, unknown>;

/** Raised for algorithms whose results are random or that nobody here has needed; it names the algorithm. */
export class UnsupportedCrypto extends Error {}

/**
 * WebCrypto computed at once with `node:crypto`. Each method takes what `SubtleCrypto` takes and returns
 * what its promise would resolve to, or throws what it would reject with.
 */
export class SyncCrypto {
  readonly #names: Names;
  readonly #random: (length: number) => Uint8Array;

  constructor(names: Names, random: (length: number) => Uint8Array) {
    this.#names = names;
    this.#random = random;
  }

  digest(algorithm: AlgorithmIdentifier, data: BufferSource): ArrayBuffer {
    return toArrayBuffer(createHash(hashName(algorithm)).update(bytesOf(data)).digest());
  }

  importKey(
    format: "raw" | "jwk" | "spki" | "pkcs8",
    data: BufferSource | JsonWebKey,
    algorithm: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ): CryptoKey {
    const material = format === "jwk" ? JSON.stringify(data) : text(bytesOf(data as BufferSource));
    const id = `import/${format}/${JSON.stringify(algorithm)}/${extractable}/${usages.join()}/${material}`;
    return memoised(id, () => importKeySync(format, data, algorithm, extractable, usages));
  }

  exportKey(format: "raw" | "jwk" | "spki" | "pkcs8", key: CryptoKey): ArrayBuffer | JsonWebKey {
    return exportKeySync(format, key);
  }

  sign(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource): ArrayBuffer {
    const wanted = parameters(algorithm);
    const { id, object } = usable(key, wanted, "sign");
    const bytes = bytesOf(data);
    const signature = memoised(`sign/${id}/${text(bytes)}`, () => signSync(wanted, key, object, bytes));
    return toArrayBuffer(signature);
  }

  verify(algorithm: AlgorithmIdentifier, key: CryptoKey, signature: BufferSource, data: BufferSource): boolean {
    const wanted = parameters(algorithm);
    const { id, object } = usable(key, wanted, "verify");
    const signed = bytesOf(signature);
    const bytes = bytesOf(data);
    const how = JSON.stringify([wanted.hash, wanted.saltLength]);
    return memoised(`verify/${id}/${how}/${text(signed)}/${text(bytes)}`, () => verifySync(wanted, key, object, signed, bytes));
  }

  encrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource): ArrayBuffer {
    const plaintext = bytesOf(data);
    const ciphertext = cipher("encrypt", parameters(algorithm), key, plaintext);
    this.#names.seal(ciphertext, plaintext);
    return toArrayBuffer(ciphertext);
  }

  decrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource): ArrayBuffer {
    return toArrayBuffer(cipher("decrypt", parameters(algorithm), key, bytesOf(data)));
  }

  deriveBits(algorithm: AlgorithmIdentifier, key: CryptoKey, length: number | null): ArrayBuffer {
    const wanted = parameters(algorithm);
    return derive(wanted, usable(key, wanted, "deriveBits"), length);
  }

  deriveKey(
    algorithm: AlgorithmIdentifier,
    key: CryptoKey,
    derived: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ): CryptoKey {
    const wanted = parameters(algorithm);
    const target = parameters(derived);
    const length = typeof target.length === "number" ? target.length : target.name === "HMAC" ? hmacBlockBits(target) : null;
    return this.importKey("raw", derive(wanted, usable(key, wanted, "deriveKey"), length), derived, extractable, usages);
  }

  generateKey(algorithm: AlgorithmIdentifier, extractable: boolean, usages: KeyUsage[]): CryptoKey {
    const wanted = parameters(algorithm);
    if (!wanted.name.startsWith("AES-") && wanted.name !== "HMAC") throw unsupported(`generateKey for ${wanted.name}`);
    const length = typeof wanted.length === "number" ? wanted.length : hmacBlockBits(wanted);
    return this.importKey("raw", this.#random(length / 8).slice(), algorithm, extractable, usages);
  }
}

/**
 * The material of a key that may do this, with the errors of WebCrypto otherwise: a target that uses a key for what it
 * was not imported must fail here as it does in production.
 */
function usable(key: CryptoKey, wanted: Parameters, usage: KeyUsage): KeyMaterial {
  if (key.algorithm.name !== wanted.name) throw new DOMException("Key algorithm mismatch", "InvalidAccessError");
  if (!key.usages.includes(usage)) throw new DOMException(`Unable to use this key to ${usage}`, "InvalidAccessError");
  return materialOf(key);
}

function derive(wanted: Parameters, { id, object }: KeyMaterial, length: number | null): ArrayBuffer {
  if (wanted.name !== "PBKDF2" && wanted.name !== "HKDF") throw unsupported(`deriveBits with ${wanted.name}`);
  if (length === null || length % 8 !== 0) throw operationError("the length must be a multiple of 8");
  if (length === 0) return new ArrayBuffer(0);
  const salt = bytesOf(wanted.salt as BufferSource);
  const hash = hashName(wanted.hash as AlgorithmIdentifier);
  const size = length / 8;
  if (wanted.name === "HKDF") {
    const info = bytesOf(wanted.info as BufferSource);
    return memoised(`hkdf/${id}/${hash}/${size}/${text(salt)}/${text(info)}`, () =>
      orOperationError(() => hkdfSync(hash, object, salt, info, size)),
    ).slice(0);
  }
  const iterations = Number(wanted.iterations);
  const derived = memoised(`pbkdf2/${id}/${hash}/${iterations}/${size}/${text(salt)}`, () =>
    orOperationError(() => pbkdf2Sync(object.export(), salt, iterations, size, hash)),
  );
  return toArrayBuffer(derived);
}

function signSync(algorithm: Parameters, key: CryptoKey, object: KeyObject, data: Uint8Array): Uint8Array {
  if (algorithm.name === "HMAC") return createHmac(keyHash(key), object).update(data).digest();
  if (algorithm.name === "RSASSA-PKCS1-v1_5") return nodeSign(keyHash(key), data, object);
  if (algorithm.name === "Ed25519") return nodeSign(null, data, object);
  throw unsupported(`sign with ${algorithm.name}, whose signatures are random`);
}

function verifySync(algorithm: Parameters, key: CryptoKey, object: KeyObject, signature: Uint8Array, data: Uint8Array): boolean {
  if (algorithm.name === "HMAC") {
    const expected = createHmac(keyHash(key), object).update(data).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
  if (algorithm.name === "RSASSA-PKCS1-v1_5") return nodeVerify(keyHash(key), data, object, signature);
  if (algorithm.name === "Ed25519") return nodeVerify(null, data, object, signature);
  if (algorithm.name === "ECDSA") {
    return nodeVerify(hashName(algorithm.hash as AlgorithmIdentifier), data, { key: object, dsaEncoding: "ieee-p1363" }, signature);
  }
  if (algorithm.name === "RSA-PSS") {
    const padding = { key: object, padding: nodeConstants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.saltLength) };
    return nodeVerify(keyHash(key), data, padding, signature);
  }
  throw unsupported(`verify with ${algorithm.name}`);
}

function cipher(direction: "encrypt" | "decrypt", algorithm: Parameters, key: CryptoKey, data: Uint8Array): Uint8Array {
  const { id, object } = usable(key, algorithm, direction);
  if (algorithm.name !== "AES-GCM" && algorithm.name !== "AES-CBC") throw unsupported(`${direction} with ${algorithm.name}`);
  const iv = bytesOf(algorithm.iv as BufferSource);
  const aad = algorithm.additionalData === undefined ? new Uint8Array() : bytesOf(algorithm.additionalData as BufferSource);
  const tagLength = typeof algorithm.tagLength === "number" ? algorithm.tagLength / 8 : 16;
  const memoKey = `${direction}/${algorithm.name}/${id}/${tagLength}/${text(iv)}/${text(aad)}/${text(data)}`;
  return memoised(memoKey, () => {
    const bits = (object.symmetricKeySize ?? 0) * 8;
    return orOperationError(() =>
      algorithm.name === "AES-GCM"
        ? gcm(direction, `aes-${bits}-gcm`, object, iv, aad, tagLength, data)
        : cbc(direction, `aes-${bits}-cbc`, object, iv, data),
    );
  });
}

function gcm(
  direction: "encrypt" | "decrypt",
  name: string,
  key: KeyObject,
  iv: Uint8Array,
  aad: Uint8Array,
  authTagLength: number,
  data: Uint8Array,
): Uint8Array {
  const mode = name as "aes-256-gcm";
  // Node's WebCrypto takes no IV below 96 bits, although `createCipheriv` does.
  if (iv.length < 12) throw operationError("Invalid initialization vector");
  if (direction === "encrypt") {
    const encryption = createCipheriv(mode, key, iv, { authTagLength });
    encryption.setAAD(aad);
    return Buffer.concat([encryption.update(data), encryption.final(), encryption.getAuthTag()]);
  }
  const end = data.length - authTagLength;
  if (end < 0) throw operationError("the box is shorter than its tag");
  const decryption = createDecipheriv(mode, key, iv, { authTagLength });
  decryption.setAAD(aad);
  decryption.setAuthTag(data.subarray(end));
  return Buffer.concat([decryption.update(data.subarray(0, end)), decryption.final()]);
}

function cbc(direction: "encrypt" | "decrypt", name: string, key: KeyObject, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const transform = direction === "encrypt" ? createCipheriv(name, key, iv) : createDecipheriv(name, key, iv);
  return Buffer.concat([transform.update(data), transform.final()]);
}

/** What WebCrypto rejects with when a box does not open or a parameter is out of range. */
function operationError(cause: unknown): DOMException {
  // The DOM types do not know this form yet; Node has had it since 17.
  return new DOMException("The operation failed for an operation-specific reason", { name: "OperationError", cause } as never);
}

function orOperationError<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw operationError(error);
  }
}

function unsupported(what: string): UnsupportedCrypto {
  return new UnsupportedCrypto(`the world cannot compute ${what}`);
}

/** WebCrypto's own spelling of the names that the world computes; a caller may write them in any case. */
const CANONICAL = new Map(
  ["HMAC", "RSASSA-PKCS1-v1_5", "RSA-PSS", "ECDSA", "Ed25519", "AES-GCM", "AES-CBC", "PBKDF2", "HKDF"].map((name) => [
    name.toUpperCase(),
    name,
  ]),
);

function parameters(algorithm: AlgorithmIdentifier): Parameters {
  const given = (typeof algorithm === "string" ? { name: algorithm } : algorithm) as Parameters;
  const name = CANONICAL.get(given.name.toUpperCase()) ?? given.name;
  return name === given.name ? given : { ...given, name };
}

function hashName(algorithm: AlgorithmIdentifier): string {
  const { name } = parameters(algorithm);
  if (!/^SHA-(1|256|384|512)$/i.test(name)) throw unsupported(`the digest ${name}`);
  return name.toLowerCase().replace("-", "");
}

function keyHash(key: CryptoKey): string {
  return hashName((key.algorithm as unknown as { hash: AlgorithmIdentifier }).hash);
}

/** WebCrypto's default length of an HMAC key: the block of its hash. */
function hmacBlockBits(algorithm: Parameters): number {
  return /384|512/.test(parameters(algorithm.hash as AlgorithmIdentifier).name) ? 1024 : 512;
}

/**
 * Bytes as a string, one character each: a memo key that loses nothing. The length stands before them, because bytes may
 * contain the separator: (`a/b`, `c`) is not (`a`, `b/c`).
 */
function text(bytes: Uint8Array): string {
  return `${bytes.length}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")}`;
}
