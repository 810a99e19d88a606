import fc from "fast-check";
import { CompactEncrypt, compactDecrypt, createLocalJWKSet, decodeProtectedHeader, exportJWK, jwtVerify, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "./actor.ts";
import { SyncCrypto, UnsupportedCrypto } from "./crypto.ts";
import { watchResources } from "./escapes.ts";
import { Names } from "./names.ts";
import { failureOf, finish, inWorld, labels, openWorld } from "./world.testing.ts";

const real = crypto.subtle;
const names = new Names();
const sync = new SyncCrypto(names, (length) => new Uint8Array(length).fill(length));

const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"] as const;
const bytes = (maxLength = 200) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash = fc.constantFrom(...HASHES);
/** WebCrypto's own type of an algorithm knows its name only. */
const alg = (parameters: { readonly name: string } & Record<string, unknown>) => parameters as Algorithm;
const own = (from: Uint8Array) => new Uint8Array(from);
const text = (value: string) => new TextEncoder().encode(value);
const RUNS = { numRuns: 40 };

let rsa: CryptoKeyPair;
let pss: CryptoKeyPair;
let ed: CryptoKeyPair;
let ec: CryptoKeyPair;

beforeAll(async () => {
  const parameters = { hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const usages = ["sign", "verify"] as const;
  [rsa, pss, ed, ec] = (await Promise.all([
    real.generateKey({ name: "RSASSA-PKCS1-v1_5", ...parameters }, true, usages),
    real.generateKey({ name: "RSA-PSS", ...parameters, hash: "SHA-384" }, true, usages),
    real.generateKey("Ed25519", true, usages),
    real.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, usages),
  ])) as CryptoKeyPair[] as [CryptoKeyPair, CryptoKeyPair, CryptoKeyPair, CryptoKeyPair];
});

describe("SyncCrypto and the real WebCrypto agree on random inputs:", () => {
  it("digest", async () => {
    await fc.assert(
      fc.asyncProperty(hash, bytes(), async (name, data) => {
        expect(sync.digest(name, own(data))).toEqual(await real.digest(name, own(data)));
        expect(sync.digest({ name: name.toLowerCase() }, own(data))).toEqual(await real.digest({ name: name.toLowerCase() }, own(data)));
      }),
      RUNS,
    );
  });

  it("HMAC", async () => {
    await fc.assert(
      fc.asyncProperty(hash, fc.uint8Array({ minLength: 1, maxLength: 100 }), bytes(), async (name, secret, data) => {
        const algorithm = { name: "HMAC", hash: name };
        const ours = sync.importKey("raw", own(secret), algorithm, false, ["sign", "verify"]);
        const theirs = await real.importKey("raw", own(secret), algorithm, false, ["sign", "verify"]);
        const mac = await real.sign("HMAC", theirs, own(data));
        expect(sync.sign("HMAC", ours, own(data))).toEqual(mac);
        expect(sync.verify("HMAC", ours, mac, own(data))).toBe(true);
        expect(sync.verify("HMAC", ours, tampered(mac), own(data))).toBe(false);
        expect(sync.verify("HMAC", ours, mac.slice(1), own(data))).toBe(false);
      }),
      RUNS,
    );
  });

  it.each([
    ["RSASSA-PKCS1-v1_5", () => rsa],
    ["Ed25519", () => ed],
  ] as const)("%s", async (name, pair) => {
    await fc.assert(
      fc.asyncProperty(bytes(), async (data) => {
        const signature = await real.sign(name, pair().privateKey, own(data));
        expect(sync.sign(name, pair().privateKey, own(data))).toEqual(signature);
        expect(sync.verify(name, pair().publicKey, signature, own(data))).toBe(true);
        expect(sync.verify(name, pair().publicKey, tampered(signature), own(data))).toBe(false);
        expect(sync.verify(name, pair().publicKey, signature.slice(3), own(data))).toBe(false);
        expect(sync.verify(name, pair().publicKey, signature, own(Uint8Array.of(...data, 1)))).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    [{ name: "ECDSA", hash: "SHA-256" }, () => ec],
    [{ name: "ECDSA", hash: "SHA-512" }, () => ec],
    [{ name: "RSA-PSS", saltLength: 48 }, () => pss],
    [{ name: "RSA-PSS", saltLength: 0 }, () => pss],
  ] as const)("verification of %o, whose signatures are random", async (algorithm, pair) => {
    await fc.assert(
      fc.asyncProperty(bytes(), async (data) => {
        const signature = await real.sign(algorithm, pair().privateKey, own(data));
        for (const candidate of [signature, tampered(signature), signature.slice(3)])
          expect(sync.verify(algorithm, pair().publicKey, candidate, own(data))).toBe(
            await real.verify(algorithm, pair().publicKey, candidate, own(data)),
          );
      }),
      { numRuns: 8 },
    );
  });

  it("AES-GCM, with and without additional data and tag lengths", async () => {
    const options = fc.record({
      iv: fc.uint8Array({ minLength: 12, maxLength: 40 }).map(own),
      additionalData: fc.option(bytes(40).map(own), { nil: undefined }),
      tagLength: fc.constantFrom(undefined, 32, 64, 96, 104, 112, 120, 128),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(16, 24, 32), exactly(32), options, bytes(), async (size, material, wanted, data) => {
        // The real one takes a key that is there, even if undefined, for a value.
        const algorithm = { name: "AES-GCM", ...defined(wanted) } as AesGcmParams;
        const ours = sync.importKey("raw", own(material.subarray(0, size)), "AES-GCM", false, ["encrypt", "decrypt"]);
        const theirs = await real.importKey("raw", own(material.subarray(0, size)), "AES-GCM", false, ["encrypt", "decrypt"]);
        const box = await real.encrypt(algorithm, theirs, own(data));
        expect(sync.encrypt(algorithm, ours, own(data))).toEqual(box);
        expect(new Uint8Array(sync.decrypt(algorithm, ours, box))).toEqual(own(data));
        expect(() => sync.decrypt(algorithm, ours, tampered(box))).toThrow(expect.objectContaining({ name: "OperationError" }));
        const others = { ...algorithm, additionalData: Uint8Array.of(...(wanted.additionalData ?? []), 1) };
        expect(() => sync.decrypt(others, ours, box)).toThrow(expect.objectContaining({ name: "OperationError" }));
      }),
      RUNS,
    );
  });

  it("AES-CBC", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(16, 24, 32), exactly(32), exactly(16), bytes(), async (size, material, iv, data) => {
        const algorithm = { name: "AES-CBC", iv: own(iv) };
        const ours = sync.importKey("raw", own(material.subarray(0, size)), "AES-CBC", false, ["encrypt", "decrypt"]);
        const theirs = await real.importKey("raw", own(material.subarray(0, size)), "AES-CBC", false, ["encrypt", "decrypt"]);
        const box = await real.encrypt(algorithm, theirs, own(data));
        expect(sync.encrypt(algorithm, ours, own(data))).toEqual(box);
        expect(new Uint8Array(sync.decrypt(algorithm, ours, box))).toEqual(own(data));
        expect(() => sync.decrypt(algorithm, ours, box.slice(1))).toThrow(expect.objectContaining({ name: "OperationError" }));
      }),
      RUNS,
    );
  });

  it("PBKDF2 and HKDF, as bits and as keys", async () => {
    await fc.assert(
      fc.asyncProperty(
        hash,
        bytes(40),
        bytes(40),
        bytes(40),
        fc.constantFrom(8, 128, 256, 520),
        async (name, secret, salt, info, length) => {
          for (const algorithm of [
            { name: "PBKDF2", salt: own(salt), iterations: 2, hash: name },
            { name: "HKDF", salt: own(salt), info: own(info), hash: name },
          ]) {
            const ours = sync.importKey("raw", own(secret), algorithm.name, false, ["deriveBits", "deriveKey"]);
            const theirs = await real.importKey("raw", own(secret), algorithm.name, false, ["deriveBits", "deriveKey"]);
            expect(sync.deriveBits(algorithm, ours, length)).toEqual(await real.deriveBits(algorithm, theirs, length));
            for (const [derived, usages] of [
              [alg({ name: "AES-GCM", length: 256 }), ["encrypt"]],
              [alg({ name: "AES-CBC", length: 128 }), ["decrypt"]],
              [alg({ name: "HMAC", hash: name }), ["sign"]],
              [alg({ name: "HMAC", hash: "SHA-256", length: 256 }), ["sign"]],
            ] as const) {
              const key = sync.deriveKey(algorithm, ours, derived, true, [...usages]);
              const theirKey = await real.deriveKey(algorithm, theirs, derived, true, usages);
              expect(sync.exportKey("jwk", key)).toEqual(await real.exportKey("jwk", theirKey));
              expect(key.algorithm).toEqual(theirKey.algorithm);
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it.each<[string, KeyFormat[], () => CryptoKey, AlgorithmIdentifier | RsaHashedImportParams, KeyUsage[]]>([
    ["an RSA public key", ["jwk", "spki"], () => rsa.publicKey, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, ["verify"]],
    ["an RSA private key", ["jwk", "pkcs8"], () => rsa.privateKey, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, ["sign"]],
    ["an RSA-PSS public key", ["jwk", "spki"], () => pss.publicKey, { name: "RSA-PSS", hash: "SHA-384" }, ["verify"]],
    ["an Ed25519 public key", ["jwk", "spki", "raw"], () => ed.publicKey, "Ed25519", ["verify"]],
    ["an Ed25519 private key", ["jwk", "pkcs8"], () => ed.privateKey, "Ed25519", ["sign"]],
    ["a P-256 public key", ["jwk", "spki", "raw"], () => ec.publicKey, alg({ name: "ECDSA", namedCurve: "P-256" }), ["verify"]],
    ["a P-256 private key", ["jwk", "pkcs8"], () => ec.privateKey, alg({ name: "ECDSA", namedCurve: "P-256" }), ["sign"]],
  ])("the import and export of %s", async (_what, formats, key, algorithm, usages) => {
    for (const format of formats as "jwk"[]) {
      const exported = await real.exportKey(format, key());
      expect(sync.exportKey(format, key())).toEqual(exported);
      const ours = sync.importKey(format, exported, algorithm, true, usages);
      const theirs = await real.importKey(format, exported, algorithm, true, usages);
      expect([ours.type, ours.extractable, ours.algorithm, ours.usages]).toEqual([
        theirs.type,
        theirs.extractable,
        theirs.algorithm,
        theirs.usages,
      ]);
      expect(sync.exportKey(format, ours)).toEqual(exported);
    }
  });

  it.each<[string, AlgorithmIdentifier | HmacImportParams, KeyUsage[]]>([
    ["HMAC", { name: "HMAC", hash: "SHA-384" }, ["sign"]],
    ["AES-GCM", "AES-GCM", ["encrypt", "decrypt"]],
    ["AES-CBC", { name: "AES-CBC" }, ["encrypt"]],
  ])("the import and export of a secret for %s", async (_what, algorithm, usages) => {
    const secret = new Uint8Array(32).fill(9);
    const ours = sync.importKey("raw", secret, algorithm, true, usages);
    const theirs = await real.importKey("raw", secret, algorithm, true, usages);
    expect([ours.type, ours.extractable, ours.algorithm, ours.usages]).toEqual([
      theirs.type,
      theirs.extractable,
      theirs.algorithm,
      theirs.usages,
    ]);
    for (const format of ["raw", "jwk"] as const) {
      const exported = await real.exportKey(format as "jwk", theirs);
      expect(sync.exportKey(format, ours)).toEqual(exported);
      expect(sync.exportKey("raw", sync.importKey(format, exported, algorithm, true, usages))).toEqual(secret.buffer);
    }
  });
});

type Subtle = Pick<
  SyncCrypto,
  "digest" | "importKey" | "exportKey" | "sign" | "verify" | "encrypt" | "decrypt" | "deriveBits" | "deriveKey"
>;

describe("SyncCrypto fails as the real WebCrypto does:", () => {
  const secret = new Uint8Array(32).fill(7);
  const iv = secret.slice(0, 12);
  const aes = (subtle: Subtle, usages: KeyUsage[] = ["encrypt", "decrypt"], extractable = false) =>
    subtle.importKey("raw", secret, "AES-GCM", extractable, usages);
  const cbc = (subtle: Subtle) => subtle.importKey("raw", secret, "AES-CBC", false, ["encrypt", "decrypt"]);
  const base = (subtle: Subtle, name: string, usages: KeyUsage[] = ["deriveBits"]) => subtle.importKey("raw", secret, name, false, usages);
  const pbkdf2 = { name: "PBKDF2", salt: secret, iterations: 1, hash: "SHA-256" };
  const hkdf = { name: "HKDF", salt: secret, info: secret, hash: "SHA-256" };
  const rs256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const hs256 = { name: "HMAC", hash: "SHA-256" };

  it.each<[string, string, (subtle: Subtle) => unknown]>([
    [
      "a box that was tampered with",
      "OperationError",
      async (s) => s.decrypt(alg({ name: "AES-GCM", iv }), await aes(s), new Uint8Array(40)),
    ],
    ["a box shorter than its tag", "OperationError", async (s) => s.decrypt(alg({ name: "AES-GCM", iv }), await aes(s), new Uint8Array(4))],
    ["an empty IV", "OperationError", async (s) => s.encrypt(alg({ name: "AES-GCM", iv: new Uint8Array() }), await aes(s), secret)],
    ["an IV of one byte", "OperationError", async (s) => s.encrypt(alg({ name: "AES-GCM", iv: new Uint8Array(1) }), await aes(s), secret)],
    ["no IV", "TypeError", async (s) => s.encrypt(alg({ name: "AES-GCM" }), await aes(s), secret)],
    [
      "a tag length that there is not",
      "OperationError",
      async (s) => s.encrypt(alg({ name: "AES-GCM", iv, tagLength: 13 }), await aes(s), secret),
    ],
    ["a CBC IV of the wrong size", "OperationError", async (s) => s.encrypt(alg({ name: "AES-CBC", iv }), await cbc(s), secret)],
    [
      "a CBC box of no whole blocks",
      "OperationError",
      async (s) => s.decrypt(alg({ name: "AES-CBC", iv: secret.slice(16) }), await cbc(s), iv),
    ],
    ["the export of a key that is not extractable", "InvalidAccessError", async (s) => s.exportKey("raw", await aes(s))],
    [
      "an encryption with a key for decryption",
      "InvalidAccessError",
      async (s) => s.encrypt(alg({ name: "AES-GCM", iv }), await aes(s, ["decrypt"]), secret),
    ],
    [
      "a decryption with a key for encryption",
      "InvalidAccessError",
      async (s) => s.decrypt(alg({ name: "AES-GCM", iv }), await aes(s, ["encrypt"]), secret),
    ],
    [
      "a key of another algorithm",
      "InvalidAccessError",
      async (s) => s.encrypt(alg({ name: "AES-CBC", iv: secret.slice(16) }), await aes(s), secret),
    ],
    ["a signature by a public key", "InvalidAccessError", (s) => s.sign("RSASSA-PKCS1-v1_5", rsa.publicKey, secret)],
    ["a verification by a private key", "InvalidAccessError", (s) => s.verify("RSASSA-PKCS1-v1_5", rsa.privateKey, secret, secret)],
    ["a digest of a string", "TypeError", (s) => s.digest("SHA-256", "abc" as never)],
    ["a digest of nothing", "TypeError", (s) => s.digest("SHA-256", undefined as never)],
    ["PBKDF2 without a length", "OperationError", async (s) => s.deriveBits(pbkdf2, await base(s, "PBKDF2"), null)],
    ["PBKDF2 of half a byte", "OperationError", async (s) => s.deriveBits(pbkdf2, await base(s, "PBKDF2"), 12)],
    [
      "PBKDF2 of no iteration",
      "OperationError",
      async (s) => s.deriveBits({ ...pbkdf2, iterations: 0 } as never, await base(s, "PBKDF2"), 256),
    ],
    ["HKDF of half a byte", "OperationError", async (s) => s.deriveBits(hkdf, await base(s, "HKDF"), 12)],
    ["HKDF beyond its reach", "OperationError", async (s) => s.deriveBits(hkdf, await base(s, "HKDF"), 8 * (255 * 32 + 1))],
    [
      "a key derived from what may derive bits only",
      "InvalidAccessError",
      async (s) => s.deriveKey(pbkdf2, await base(s, "PBKDF2"), alg({ name: "AES-GCM", length: 256 }), true, ["encrypt"]),
    ],
    [
      "bits derived from what may derive keys only",
      "InvalidAccessError",
      async (s) => s.deriveBits(pbkdf2, await base(s, "PBKDF2", ["deriveKey"]), 256),
    ],
    ["an AES key of 10 bytes", "DataError", (s) => s.importKey("raw", secret.slice(0, 10), "AES-GCM", true, ["encrypt"])],
    ["a usage that the algorithm does not have", "SyntaxError", (s) => s.importKey("raw", secret, "AES-GCM", true, ["sign"])],
    ["a secret without a usage", "SyntaxError", (s) => s.importKey("raw", secret, "AES-GCM", true, [])],
    ["an extractable password", "SyntaxError", (s) => s.importKey("raw", secret, "PBKDF2", true, ["deriveBits"])],
    ["an spki that is none", "DataError", (s) => s.importKey("spki", secret, rs256, true, ["verify"])],
    ["a pkcs8 that is none", "DataError", (s) => s.importKey("pkcs8", secret, rs256, true, ["sign"])],
    ["a JWK without its numbers", "DataError", (s) => s.importKey("jwk", { kty: "RSA" }, rs256, true, ["verify"])],
    ["a JWK of another type", "DataError", (s) => s.importKey("jwk", { kty: "oct", k: "AAAA" }, rs256, true, ["verify"])],
    [
      "a JWK that says it is not to be exported",
      "DataError",
      (s) => s.importKey("jwk", { kty: "oct", k: "AAAA", ext: false }, hs256, true, ["sign"]),
    ],
    [
      "a JWK for another operation",
      "DataError",
      (s) => s.importKey("jwk", { kty: "oct", k: "AAAA", key_ops: ["verify"] }, hs256, true, ["sign"]),
    ],
    ["a JWK for another hash", "DataError", (s) => s.importKey("jwk", { kty: "oct", k: "AAAA", alg: "HS512" }, hs256, true, ["sign"])],
    ["an algorithm that there is not", "NotSupportedError", (s) => s.importKey("raw", secret, "ROT13", true, ["encrypt"])],
    ["a private key as spki", "NotSupportedError", (s) => s.exportKey("spki", rsa.privateKey)],
    ["an RSA key as raw bytes", "NotSupportedError", (s) => s.exportKey("raw", rsa.publicKey)],
  ])("%s is a %s", async (_what, name, act) => {
    const nameOf = async (subtle: Subtle): Promise<string> => {
      try {
        await act(subtle);
        return "no error at all";
      } catch (error) {
        expect(error).toBeInstanceOf(name === "TypeError" ? TypeError : DOMException);
        return (error as Error).name;
      }
    };
    expect([await nameOf(sync), await nameOf(real as unknown as Subtle)]).toEqual([name, name]);
  });
});

describe("SyncCrypto", () => {
  it.each<[string, () => unknown]>([
    ["digest MD5", () => sync.digest("MD5", new Uint8Array())],
    ["sign with ECDSA", () => sync.sign(alg({ name: "ECDSA", hash: "SHA-256" }), ec.privateKey, new Uint8Array())],
    ["sign with RSA-PSS", () => sync.sign(alg({ name: "RSA-PSS", saltLength: 8 }), pss.privateKey, new Uint8Array())],
    ["generateKey for RSASSA-PKCS1-v1_5", () => sync.generateKey({ name: "RSASSA-PKCS1-v1_5" }, true, ["sign"])],
    ["generateKey for Ed25519", () => sync.generateKey("Ed25519", true, ["sign"])],
  ])("names what it does not compute: %s", (what, act) => {
    expect(act).toThrow(UnsupportedCrypto);
    expect(act).toThrow(new RegExp(what.split(" ").at(-1) ?? ""));
  });

  it("names AES-CTR and X25519 in a world, which stops although the target catches it", async () => {
    for (const [name, algorithm] of [["AES-CTR", { name: "AES-CTR", counter: new Uint8Array(16), length: 64 }]] as const) {
      const key = await real.importKey("raw", new Uint8Array(16), name, false, ["encrypt"]);
      const failure = await failureOf(() => inWorld(async () => real.encrypt(algorithm, key, new Uint8Array()).catch(() => "swallowed")));
      expect([failure.code, failure.message]).toEqual(["ESCAPED", `isolate-1: the world cannot compute encrypt with ${name}`]);
    }
    const pair = (await real.generateKey("X25519", false, ["deriveBits"])) as CryptoKeyPair;
    const algorithm = { name: "X25519", public: pair.publicKey };
    const failure = await failureOf(() => inWorld(async () => real.deriveBits(algorithm, pair.privateKey, 256).catch(() => "swallowed")));
    expect(failure.message).toContain("deriveBits with X25519");
  });

  it("hands out results that belong to the caller: to write into one changes no other", () => {
    const key = sync.importKey("raw", text("a secret of some length"), alg({ name: "HMAC", hash: "SHA-256" }), false, ["sign"]);
    const [data, iv] = [text("data"), new Uint8Array(12)];
    const gcm = sync.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt"]);
    const hkdf = sync.importKey("raw", new Uint8Array(16), "HKDF", false, ["deriveBits"]);
    for (const compute of [
      () => sync.sign("HMAC", key, data),
      () => sync.digest("SHA-256", data),
      () => sync.encrypt(alg({ name: "AES-GCM", iv }), gcm, data),
      () => sync.deriveBits(alg({ name: "HKDF", salt: iv, info: iv, hash: "SHA-256" }), hkdf, 256),
    ]) {
      const first = compute();
      const copy = first.slice(0);
      new Uint8Array(first).fill(0);
      expect(compute()).toEqual(copy);
    }
  });

  it("takes what a view shows, and no more of the memory behind it", () => {
    const memory = text("__data__");
    expect(sync.digest("SHA-256", memory.subarray(2, 6))).toEqual(sync.digest("SHA-256", text("data")));
    expect(sync.digest("SHA-256", new DataView(memory.buffer, 2, 4))).toEqual(sync.digest("SHA-256", text("data")));
  });

  it("does not see what is done to a key's bytes after its import", () => {
    const secret = text("a secret of some length");
    const key = sync.importKey("raw", secret, alg({ name: "HMAC", hash: "SHA-256" }), true, ["sign"]);
    secret.fill(0);
    expect(new TextDecoder().decode(sync.exportKey("raw", key) as ArrayBuffer)).toBe("a secret of some length");
  });

  it("records what it seals, so that a box is known by its content, also when the seal was computed before", () => {
    const [iv, key] = [new Uint8Array(12), sync.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt"])];
    for (const world of [new Names(), new Names()]) {
      world.register("rt_0123456789abcdef", "RT F1.g0");
      const box = new SyncCrypto(world, () => new Uint8Array()).encrypt(
        alg({ name: "AES-GCM", iv }),
        key,
        text("it is rt_0123456789abcdef"),
      );
      expect(world.in(Buffer.from(box).toString("base64url")).map(({ label }) => label)).toEqual(["RT F1.g0"]);
    }
  });
});

describe("the memo", () => {
  const hmac = (secret: string, name = "SHA-256") =>
    sync.importKey("raw", text(secret), alg({ name: "HMAC", hash: name }), true, ["sign", "verify"]);

  it("does not mix keys, hashes, formats, usages or extractability", () => {
    const data = text("data");
    const macs = [hmac("one"), hmac("two"), hmac("one", "SHA-512")].map((key) => Buffer.from(sync.sign("HMAC", key, data)).toString("hex"));
    expect(new Set(macs).size).toBe(3);
    const secret = new Uint8Array(32);
    const imports = [
      sync.importKey("raw", secret, "AES-GCM", true, ["encrypt"]),
      sync.importKey("raw", secret, "AES-CBC", true, ["encrypt"]),
      sync.importKey("raw", secret, "AES-GCM", false, ["encrypt"]),
      sync.importKey("raw", secret, "AES-GCM", true, ["decrypt"]),
      sync.importKey("raw", secret, "AES-GCM", true, ["encrypt", "decrypt"]),
    ];
    expect(imports.map(({ algorithm, extractable, usages }) => `${algorithm.name} ${extractable} ${usages.join()}`)).toEqual([
      "AES-GCM true encrypt",
      "AES-CBC true encrypt",
      "AES-GCM false encrypt",
      "AES-GCM true decrypt",
      "AES-GCM true encrypt,decrypt",
    ]);
  });

  it("does not take a signature and its data for another split of the same bytes", () => {
    const key = hmac("one");
    const data = text("head/tail");
    const mac = new Uint8Array(sync.sign("HMAC", key, data));
    expect(sync.verify("HMAC", key, mac, data)).toBe(true);
    expect(sync.verify("HMAC", key, Uint8Array.of(...mac, ...text("/head")), text("tail"))).toBe(false);
  });

  it("does not take an IV, additional data and a box for another split of the same bytes", () => {
    const key = sync.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt", "decrypt"]);
    const iv = new Uint8Array(12);
    const sealed = { name: "AES-GCM", iv, additionalData: text("a/b") };
    const box = new Uint8Array(sync.encrypt(sealed as never, key, text("content")));
    expect(sync.decrypt(sealed as never, key, box).byteLength).toBe(7);
    const shifted = { name: "AES-GCM", iv, additionalData: text("a") };
    expect(() => sync.decrypt(shifted as never, key, Uint8Array.of(...text("b/"), ...box))).toThrow(DOMException);
  });

  it("does not take a salt and an info for another split of the same bytes", () => {
    const key = sync.importKey("raw", text("secret"), "HKDF", false, ["deriveBits"]);
    const derive = (salt: string, info: string) =>
      Buffer.from(sync.deriveBits(alg({ name: "HKDF", salt: text(salt), info: text(info), hash: "SHA-256" }), key, 256)).toString("hex");
    expect(derive("a/b", "c")).not.toBe(derive("a", "b/c"));
  });

  it("does not take a verification under one hash or salt length for that under another", async () => {
    const signature = await real.sign({ name: "ECDSA", hash: "SHA-256" }, ec.privateKey, text("data"));
    const ecdsa = (name: string) => sync.verify(alg({ name: "ECDSA", hash: name }), ec.publicKey, signature, text("data"));
    expect([ecdsa("SHA-256"), ecdsa("SHA-384"), ecdsa("SHA-256")]).toEqual([true, false, true]);
    const salted = await real.sign({ name: "RSA-PSS", saltLength: 48 }, pss.privateKey, text("data"));
    const verify = (saltLength: number) => sync.verify(alg({ name: "RSA-PSS", saltLength }), pss.publicKey, salted, text("data"));
    expect([verify(48), verify(20), verify(48)]).toEqual([true, false, true]);
  });

  it("does not stand in for the check of what a key is for", () => {
    const signer = hmac("one");
    const mac = sync.sign("HMAC", signer, text("data"));
    const verifier = sync.importKey("raw", text("one"), alg({ name: "HMAC", hash: "SHA-256" }), true, ["verify"]);
    expect(sync.verify("HMAC", verifier, mac, text("data"))).toBe(true);
    expect(() => sync.sign("HMAC", verifier, text("data"))).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  });

  it("starts anew when it is full, and computes the same", () => {
    const key = hmac("full");
    const first = Buffer.from(sync.sign("HMAC", key, text("0"))).toString("hex");
    for (let n = 0; n < 21_000; n++) sync.sign("HMAC", key, text(`${n}`));
    expect(Buffer.from(sync.sign("HMAC", key, text("0"))).toString("hex")).toBe(first);
  });
});

describe("crypto in a world", () => {
  it("comes within the step when it is inline", async () => {
    const world = openWorld({ crypto: "inline" });
    const done: string[] = [];
    world.as(world.actor("isolate-1", "isolate"), null, async () => {
      for (let n = 0; n < 20; n++) await crypto.subtle.digest("SHA-256", new Uint8Array(n));
      done.push("all 20");
    });
    await world.open();
    expect([labels(world), done]).toEqual([[], ["all 20"]]);
  });

  it.each([
    [0, 0, ["first", "second"]],
    [1, 0, ["second", "first"]],
  ])("completes in any order when it is interleaved (%i, %i)", async (one, two, order) => {
    const world = openWorld({ crypto: "interleaved" });
    const isolate = world.actor("isolate-1", "isolate");
    const done: string[] = [];
    for (const task of ["first", "second"])
      world.as(isolate, task, () => crypto.subtle.digest("SHA-1", text(task)).then(() => done.push(task)));
    await world.open();
    expect(labels(world)).toEqual(["crypto digest for first", "crypto digest for second"]);
    await world.step(one);
    await world.step(two);
    expect(done).toEqual(order);
  });

  it("completes in the order in which its actor asked when it is ordered, and every actor for itself", async () => {
    const world = openWorld({ crypto: "ordered" });
    const done: string[] = [];
    const isolates = ["isolate-1", "isolate-2"].map((name) => world.actor(name, "isolate"));
    for (const task of ["first", "second", "third"]) {
      world.as(isolates[0] as Actor, task, () => crypto.subtle.digest("SHA-1", text(task)).then(() => done.push(task)));
    }
    world.as(isolates[1] as Actor, "other", () => crypto.subtle.digest("SHA-1", text("other")).then(() => done.push("other")));
    await world.open();
    expect(labels(world)).toEqual(["crypto digest for first", "crypto digest for other"]);
    await world.step(0);
    expect([done, labels(world)]).toEqual([["first"], ["crypto digest for other", "crypto digest for second"]]);
    await world.step(1);
    await world.step(1);
    await world.step(0);
    expect([done, labels(world)]).toEqual([["first", "second", "third", "other"], []]);
  });

  it("begins a new queue after the last one has come to its end", async () => {
    const world = openWorld({ crypto: "ordered" });
    const done: number[] = [];
    world.as(world.actor("isolate-1", "isolate"), null, async () => {
      for (const turn of [1, 2]) {
        await crypto.subtle.digest("SHA-1", text("again"));
        done.push(turn);
      }
    });
    await world.open();
    await world.step(0);
    expect([done, labels(world)]).toEqual([[1], ["crypto digest"]]);
    await world.step(0);
    expect([done, labels(world)]).toEqual([[1, 2], []]);
  });

  it("never completes what was queued in an actor that is killed, and what is asked of it anew does", async () => {
    const world = openWorld({ crypto: "ordered" });
    const isolate = world.actor("isolate-1", "isolate");
    const done: string[] = [];
    const ask = (task: string) => world.as(isolate, task, () => crypto.subtle.digest("SHA-1", text(task)).then(() => done.push(task)));
    for (const task of ["first", "second"]) ask(task);
    await world.open();
    world.kill(isolate);
    expect(labels(world)).toEqual([]);
    ask("third");
    await world.open();
    await finish(world);
    expect(done).toEqual(["third"]);
  });

  it("is part of the state: what is queued, and in which order", async () => {
    const keyOf = async (tasks: readonly string[]) => {
      const world = openWorld({ crypto: "ordered" });
      const isolate = world.actor("isolate-1", "isolate");
      for (const task of tasks) void world.as(isolate, task, () => crypto.subtle.digest("SHA-1", text(task)));
      await world.open();
      return world.key();
    };
    const orders = [["a"], ["a", "b"], ["a", "b", "c"], ["a", "c", "b"]];
    expect(new Set(await Promise.all(orders.map(keyOf))).size).toBe(orders.length);
  });

  it.each(["ordered", "interleaved"] as const)("makes an operation of a failure too when it is %s", async (granularity) => {
    const world = openWorld({ crypto: granularity });
    const failed: string[] = [];
    world.as(world.actor("isolate-1", "isolate"), null, () =>
      crypto.subtle.digest("SHA-1", "text" as never).catch((error: Error) => failed.push(error.name)),
    );
    await world.open();
    expect([labels(world), failed]).toEqual([["crypto digest"], []]);
    await finish(world);
    expect(failed).toEqual(["TypeError"]);
  });

  it.each(["issuer", "browser", "script"] as const)("is never an operation for a %s: only isolates are under test", async (kind) => {
    const world = openWorld({ crypto: "ordered" });
    let done = false;
    world.as(world.actor(kind, kind), null, () => crypto.subtle.digest("SHA-1", new Uint8Array()).then(() => (done = true)));
    await world.open();
    expect([labels(world), done]).toEqual([[], true]);
  });

  it("computes what was asked for, not what its memory holds when it completes", async () => {
    const world = openWorld({ crypto: "interleaved" });
    const data = text("data");
    const digests: ArrayBuffer[] = [];
    world.as(world.actor("isolate-1", "isolate"), null, () => crypto.subtle.digest("SHA-1", data).then((digest) => digests.push(digest)));
    data.fill(0);
    await world.open();
    await finish(world);
    expect(digests).toEqual([sync.digest("SHA-1", text("data"))]);
  });

  it("is the real one outside", async () => {
    const unwatch = watchResources();
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, ec.privateKey, text("data"));
    expect(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, ec.publicKey, signature, text("data"))).toBe(true);
    expect(unwatch()).toEqual([]);
  });
});

describe("jose in a world", () => {
  const secret = new Uint8Array(32).fill(5);

  async function roundTrip(signing: CryptoKeyPair, alg: string): Promise<unknown> {
    const jwks = createLocalJWKSet({ keys: [{ ...(await exportJWK(signing.publicKey)), kid: "k1", alg }] });
    const jwt = await new SignJWT({ sid: "s1" })
      .setProtectedHeader({ alg, kid: "k1" })
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(signing.privateKey);
    const { payload } = await jwtVerify(jwt, jwks);
    const jwe = await new CompactEncrypt(text(jwt)).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(secret);
    const { plaintext } = await compactDecrypt(jwe, secret);
    return { payload, jwe, same: new TextDecoder().decode(plaintext) === jwt, header: decodeProtectedHeader(jwt) };
  }

  it.each([
    ["RS256", () => rsa],
    ["EdDSA", () => ed],
  ])("signs and verifies with %s, seals and opens, and never touches the thread pool", async (alg, pair) => {
    const unwatch = watchResources();
    const [first, again] = [await inWorld(() => roundTrip(pair(), alg)), await inWorld(() => roundTrip(pair(), alg))];
    expect(unwatch()).toEqual([]);
    expect(first).toMatchObject({ payload: { sid: "s1", iat: 1_000_000, exp: 1_000_300 }, same: true, header: { alg, kid: "k1" } });
    // The content encryption key and IV are the world's, so that the box is the same too.
    expect(again).toEqual(first);
  });

  it("seals with A256CBC-HS512 and A256GCMKW as well", async () => {
    const opened = await inWorld(async () => {
      const long = new Uint8Array(64).fill(6);
      const cbc = await new CompactEncrypt(text("cbc")).setProtectedHeader({ alg: "dir", enc: "A256CBC-HS512" }).encrypt(long);
      const wrapped = await new CompactEncrypt(text("kw")).setProtectedHeader({ alg: "A256GCMKW", enc: "A128GCM" }).encrypt(secret);
      return [(await compactDecrypt(cbc, long)).plaintext, (await compactDecrypt(wrapped, secret)).plaintext].map((part) =>
        new TextDecoder().decode(part),
      );
    });
    expect(opened).toEqual(["cbc", "kw"]);
  });

  it("refuses what is forged, expired by the world's clock, or sealed for another", async () => {
    const codes = await inWorld(async (world) => {
      const jwt = await new SignJWT({}).setProtectedHeader({ alg: "RS256" }).setExpirationTime("5m").sign(rsa.privateKey);
      const jwe = await new CompactEncrypt(text("x")).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(secret);
      const forged = `${jwt.slice(0, -10)}AAAAAAAAAA`;
      const attempts = [
        () => jwtVerify(forged, rsa.publicKey),
        () => compactDecrypt(jwe, new Uint8Array(32)),
        async () => {
          await world.until(world.now() + 300_000, world.actor("isolate-1", "isolate"));
          return jwtVerify(jwt, rsa.publicKey);
        },
      ];
      const caught: string[] = [];
      for (const attempt of attempts) await attempt().catch((error: { code: string }) => caught.push(error.code));
      return caught;
    });
    expect(codes).toEqual(["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWE_DECRYPTION_FAILED", "ERR_JWT_EXPIRED"]);
  });
});

function tampered(box: ArrayBuffer): ArrayBuffer {
  const copy = new Uint8Array(box.slice(0));
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy.buffer;
}

function defined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
