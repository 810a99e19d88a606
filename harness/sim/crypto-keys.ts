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
  const object = keyObject(format, data);
  const wanted = typeof algorithm === "string" ? { name: algorithm } : algorithm;
  const key = object.toCryptoKey(wanted as Parameters<KeyObject["toCryptoKey"]>[0], extractable, [...usages]) as CryptoKey;
  materials.set(key, { id: ++ids, object });
  return key;
}

function keyObject(format: ImportFormat, data: BufferSource | JsonWebKey): KeyObject {
  if (format === "jwk") {
    const jwk = data as JsonWebKey;
    if (jwk.kty === "oct") return createSecretKey(Buffer.from(jwk.k ?? "", "base64url"));
    const input = { key: jwk as Record<string, unknown>, format: "jwk" } as const;
    return jwk.d === undefined ? createPublicKey(input) : createPrivateKey(input);
  }
  const bytes = Buffer.from(bytesOf(data as BufferSource));
  if (format === "raw") return createSecretKey(bytes);
  if (format === "spki") return createPublicKey({ key: bytes, format: "der", type: "spki" });
  return createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
}

/** `SubtleCrypto.exportKey`, synchronous. */
export function exportKeySync(format: ImportFormat, key: CryptoKey): ArrayBuffer | JsonWebKey {
  if (!key.extractable) throw new DOMException("key is not extractable", "InvalidAccessError");
  const { object } = materialOf(key);
  if (format === "jwk") return { ...(object.export({ format: "jwk" }) as JsonWebKey), key_ops: [...key.usages], ext: true };
  if (format === "raw") return toArrayBuffer(object.export());
  return toArrayBuffer(object.export({ format: "der", type: format } as { format: "der"; type: "spki" }));
}

export function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
}

/** A copy that owns its memory: Node's small buffers share a pool. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
