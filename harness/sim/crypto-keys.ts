import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from "node:crypto";

/** A WebCrypto key with what the synchronous functions need: the key object, and a number that stands for its material. */
export interface KeyMaterial {
  readonly id: number;
  readonly object: KeyObject;
}

const materials = new WeakMap<CryptoKey, KeyMaterial>();
let ids = 0;

/**
 * The material of a key, whoever made it. Keys are immutable and their numbers only serve memoisation, so this table
 * may live as long as the process.
 */
export function materialOf(key: CryptoKey): KeyMaterial {
  let material = materials.get(key);
  if (material === undefined) {
    material = { id: ++ids, object: KeyObject.from(key) };
    materials.set(key, material);
  }
  return material;
}

type ImportFormat = "raw" | "jwk" | "spki" | "pkcs8";

/** `SubtleCrypto.importKey`, synchronous. */
export function importKeySync(
  format: ImportFormat,
  data: BufferSource | JsonWebKey,
  algorithm: AlgorithmIdentifier,
  extractable: boolean,
  usages: readonly KeyUsage[],
): CryptoKey {
  const wanted = (typeof algorithm === "string" ? { name: algorithm } : algorithm) as Wanted;
  if (format === "jwk") assertUsableJwk(data as JsonWebKey, wanted, extractable, usages);
  const object = keyObject(format, data, wanted);
  const key = object.toCryptoKey(wanted as Parameters<KeyObject["toCryptoKey"]>[0], extractable, [...usages]) as CryptoKey;
  const { alg } = data as JsonWebKey;
  if (format === "jwk" && alg !== undefined && alg !== jwkAlgorithm(key) && !(alg === "EdDSA" && key.algorithm.name === "Ed25519"))
    throw dataError('JWK "alg" does not match the requested algorithm');
  materials.set(key, { id: ++ids, object });
  return key;
}

/** The algorithm that a key is wanted for. */
interface Wanted {
  readonly name: string;
  readonly namedCurve?: string;
}

function keyObject(format: ImportFormat, data: BufferSource | JsonWebKey, wanted: Wanted): KeyObject {
  if (format === "jwk") return fromJwk(data as JsonWebKey);
  const bytes = Buffer.from(bytesOf(data as BufferSource));
  if (format === "raw") return fromRaw(bytes, wanted);
  try {
    if (format === "spki") return createPublicKey({ key: bytes, format: "der", type: "spki" });
    if (format === "pkcs8") return createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
  } catch (cause) {
    throw dataError("Invalid keyData", cause);
  }
  throw new DOMException(`the world imports raw, jwk, spki and pkcs8, not ${String(format)}`, "NotSupportedError");
}

function fromJwk(jwk: JsonWebKey): KeyObject {
  if (jwk.kty === "oct") return createSecretKey(Buffer.from(jwk.k ?? "", "base64url"));
  const input = { key: jwk as Record<string, unknown>, format: "jwk" } as const;
  try {
    return jwk.d === undefined ? createPublicKey(input) : createPrivateKey(input);
  } catch (cause) {
    throw dataError("Invalid keyData", cause);
  }
}

/** Raw bytes are a secret, but for curves, where they are a public key. */
function fromRaw(bytes: Buffer, { name, namedCurve }: Wanted): KeyObject {
  if (name === "Ed25519") return fromJwk({ kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") });
  if (name !== "ECDSA") return createSecretKey(bytes);
  const size = (bytes.length - 1) / 2;
  const [x, y] = [bytes.subarray(1, 1 + size).toString("base64url"), bytes.subarray(1 + size).toString("base64url")];
  return fromJwk({ kty: "EC", crv: namedCurve ?? "", x, y });
}

/** What WebCrypto checks in a JWK before it looks at the key itself. */
function assertUsableJwk(jwk: JsonWebKey, { name }: Wanted, extractable: boolean, usages: readonly KeyUsage[]): void {
  if (jwk.kty !== keyType(name)) throw dataError('Invalid JWK "kty" Parameter');
  if (jwk.ext === false && extractable) throw dataError('JWK "ext" Parameter and extractable mismatch');
  const { key_ops: allowed } = jwk;
  if (allowed !== undefined && !usages.every((usage) => allowed.includes(usage))) throw dataError("Key operations and usage mismatch");
}

function keyType(algorithm: string): string {
  if (/^RSA/i.test(algorithm)) return "RSA";
  if (/^EC/i.test(algorithm)) return "EC";
  return /^(Ed|X)(25519|448)$/i.test(algorithm) ? "OKP" : "oct";
}

const CURVES: Readonly<Record<string, string>> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

/** The name that JOSE has for what a key does (RFC 7518 §3.1, §5.1); undefined where it has none. */
function jwkAlgorithm(key: CryptoKey): string | undefined {
  const { name, hash, length, namedCurve } = key.algorithm as Wanted & {
    readonly hash?: { readonly name: string };
    readonly length?: number;
  };
  const bits = hash?.name.slice(4);
  if (name === "HMAC") return `HS${bits}`;
  if (name === "RSASSA-PKCS1-v1_5") return `RS${bits}`;
  if (name === "RSA-PSS") return `PS${bits}`;
  if (name === "ECDSA") return CURVES[namedCurve ?? ""];
  if (name === "Ed25519") return name;
  return name.startsWith("AES-") ? `A${length}${name.slice(4)}` : undefined;
}

/** `SubtleCrypto.exportKey`, synchronous. */
export function exportKeySync(format: ImportFormat, key: CryptoKey): ArrayBuffer | JsonWebKey {
  if (!key.extractable) throw new DOMException("key is not extractable", "InvalidAccessError");
  const { object } = materialOf(key);
  if (format === "jwk") return exportJwk(key, object);
  if (format === "raw" && key.type === "secret") return toArrayBuffer(object.export());
  if (format === "raw" && key.type === "public" && /^(Ed25519|ECDSA)$/.test(key.algorithm.name)) return rawPoint(object);
  if ((format === "spki" && key.type === "public") || (format === "pkcs8" && key.type === "private"))
    return toArrayBuffer(object.export({ format: "der", type: format } as { format: "der"; type: "spki" }));
  throw new DOMException(`Unable to export ${key.algorithm.name} ${key.type} key using ${format} format`, "NotSupportedError");
}

function exportJwk(key: CryptoKey, object: KeyObject): JsonWebKey {
  const alg = key.algorithm.name === "ECDSA" ? undefined : jwkAlgorithm(key);
  const jwk = object.export({ format: "jwk" }) as JsonWebKey;
  return { key_ops: [...key.usages], ext: true, ...(alg === undefined ? {} : { alg }), ...jwk };
}

function rawPoint(object: KeyObject): ArrayBuffer {
  const { x = "", y } = object.export({ format: "jwk" }) as JsonWebKey;
  const parts = [Buffer.from(x, "base64url"), ...(y === undefined ? [] : [Buffer.from(y, "base64url")])];
  // 0x04 says "both coordinates follow" (SEC 1 §2.3.3); an Ed25519 key is x alone.
  return toArrayBuffer(Buffer.concat(y === undefined ? parts : [Buffer.from([4]), ...parts]));
}

function dataError(message: string, cause?: unknown): DOMException {
  // The DOM types do not know this form yet; Node has had it since 17.
  return new DOMException(message, { name: "DataError", cause } as never);
}

/** @throws TypeError for anything else, as WebCrypto does: an empty digest of a string would go unnoticed. */
export function bytesOf(source: BufferSource): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError(`expected an ArrayBuffer, TypedArray or DataView, got ${source === null ? "null" : typeof source}`);
}

/** A copy that owns its memory: Node's small buffers share a pool. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
