import { createHmac } from "node:crypto";
import { base64url, CompactEncrypt, FlattenedEncrypt } from "jose";
import { describe, expect, it, vi } from "vitest";
import { hex, isMacOf, newSecret, prefixOf } from "./api-key-secret.ts";
import { keyOf } from "./contract/backend.testing.ts";
import { createKeyRing } from "./key-ring.ts";
import { openSecret, sealSecret } from "./seal.ts";

const ring = (...versions: string[]) => createKeyRing("seal key", versions.map(keyOf));
const FOR_ADA = { recordKey: "workos-jti:1", subject: "user_ada" };

describe("a key ring", () => {
  it("makes with the newest key and has the others", () => {
    const keys = ring("2", "1");
    expect(keys.newest).toEqual(keyOf("2"));
    expect(keys.get("1")).toEqual(keyOf("1"));
  });

  it("keeps its keys when the caller wipes its own", () => {
    const { version, key } = keyOf("1");
    const keys = createKeyRing("pepper", [{ version, key }]);
    key.fill(0);
    expect(keys.newest).toEqual(keyOf("1"));
    expect(keys.get("1")).toEqual(keyOf("1"));
  });

  it.each([
    ["no key", [], "expected at least one pepper, got none: pass the newest first"],
    [
      "a short key",
      [{ version: "1", key: new Uint8Array(31) }],
      "expected a pepper of 32 bytes, got 31 in version 1: generate one with `openssl rand 32`",
    ],
    [
      "a long key",
      [{ version: "1", key: new Uint8Array(33) }],
      "expected a pepper of 32 bytes, got 33 in version 1: generate one with `openssl rand 32`",
    ],
    ["a version twice", [keyOf("1"), keyOf("1")], "expected every pepper to have a version of its own, got 1 twice"],
  ])("refuses %s", (_, keys, message) => {
    expect(() => createKeyRing("pepper", keys)).toThrow(expect.objectContaining({ code: "invalid_argument", message }));
  });

  it("says which keys it has instead of one that it lacks", () => {
    expect(() => ring("2", "1").get("3")).toThrow(
      expect.objectContaining({
        code: "unavailable",
        retryAfter: 5,
        message: "expected seal key version 3 in the ring, got 2, 1: deploy the ring that has it everywhere",
      }),
    );
  });
});

describe("the secret of an API key", () => {
  const counting = () => {
    let next = 0;
    return (length: number) => Uint8Array.from({ length }, () => next++);
  };

  it("is a prefix and random bytes, and is known by its HMAC", async () => {
    const made = await newSecret(ring("2", "1"), counting());
    const secret = `hfk_000102030405_${base64url.encode(Uint8Array.from({ length: 32 }, (_, i) => i + 6))}`;
    expect(made).toEqual({
      secret,
      prefix: "hfk_000102030405",
      secretMac: createHmac("sha256", keyOf("2").key).update(secret).digest("base64url"),
      pepperVersion: "2",
    });
    expect(prefixOf(secret)).toBe(made.prefix);
    expect(await isMacOf(secret, made, ring("3", "2"))).toBe(true);
    expect(await isMacOf(`${secret}A`, made, ring("2"))).toBe(false);
    expect(await isMacOf(secret, { ...made, secretMac: made.secretMac.slice(4) }, ring("2"))).toBe(false);
  });

  it("is made and checked with a pepper that cannot be read out of the runtime", async () => {
    const imported = vi.spyOn(crypto.subtle, "importKey");
    const { secret, ...stored } = await newSecret(ring("1"), counting());
    await isMacOf(secret, stored, ring("1"));
    const keys = await Promise.all(imported.mock.results.map(({ value }) => value as Promise<CryptoKey>));
    imported.mockRestore();
    expect(keys.map(({ extractable, usages }) => [extractable, usages])).toEqual([
      [false, ["sign"]],
      [false, ["verify"]],
    ]);
  });

  it("has two digits a byte in its prefix", () => {
    expect(hex(Uint8Array.of(0, 15, 16, 255))).toBe("000f10ff");
  });

  it.each(["x", " "])("is none of ours with %j before or after it", async (noise) => {
    const { secret } = await newSecret(ring("1"), counting());
    expect(prefixOf(noise + secret)).toBeNull();
    expect(prefixOf(secret + noise)).toBeNull();
    expect(prefixOf(`${secret}\n`)).toBeNull();
  });
});

describe("a sealed secret", () => {
  it("is a JWE that names its key and nothing else", async () => {
    const sealed = await sealSecret(ring("2", "1"), FOR_ADA, "the secret");
    const jwe = JSON.parse(sealed);
    expect(Object.keys(jwe)).toEqual(["protected", "iv", "ciphertext", "tag"]);
    expect(JSON.parse(Buffer.from(jwe.protected, "base64url").toString())).toEqual({ alg: "dir", enc: "A256GCM", kid: "2" });
    expect(sealed).not.toContain("ada");
    expect(await openSecret(ring("3", "2"), FOR_ADA, sealed)).toBe("the secret");
    expect(await sealSecret(ring("2", "1"), FOR_ADA, "the secret")).not.toBe(sealed);
  });

  const damaged = { code: "unavailable", retryAfter: null, cause: expect.any(Error) };

  it.each([
    { recordKey: "workos-jti:2", subject: "user_ada" },
    { recordKey: "workos-jti:1", subject: "user_bob" },
    { recordKey: 'workos-jti:1","user_ada', subject: "" },
  ])("does not open for %o", async (target) => {
    const sealed = await sealSecret(ring("1"), FOR_ADA, "the secret");
    await expect(openSecret(ring("1"), target, sealed)).rejects.toMatchObject(damaged);
  });

  it("does not open with another key of the same version", async () => {
    const sealed = await sealSecret(ring("1"), FOR_ADA, "the secret");
    const other = createKeyRing("seal key", [{ version: "1", key: keyOf("2").key }]);
    await expect(openSecret(other, FOR_ADA, sealed)).rejects.toMatchObject(damaged);
  });

  it("does not open when it is damaged", async () => {
    const sealed = await sealSecret(ring("1"), FOR_ADA, "the secret");
    const jwe = JSON.parse(sealed);
    const { protected: header, ...headless } = jwe;
    for (const text of ["", "{", "{}", sealed.slice(1), JSON.stringify({ ...jwe, protected: "!" }), JSON.stringify(headless)]) {
      await expect(openSecret(ring("1"), FOR_ADA, text), text).rejects.toMatchObject(damaged);
    }
    for (const part of ["iv", "ciphertext", "tag"]) {
      const flipped = (jwe[part][0] === "A" ? "B" : "A") + jwe[part].slice(1);
      await expect(openSecret(ring("1"), FOR_ADA, JSON.stringify({ ...jwe, [part]: flipped }))).rejects.toMatchObject(damaged);
    }
  });

  it.each([
    { alg: "A256GCMKW", enc: "A256GCM", kid: "1" },
    { alg: "dir", enc: "A128CBC-HS256", kid: "1" },
  ])("does not open when made otherwise: %o", async (header) => {
    const aad = new TextEncoder().encode(JSON.stringify([FOR_ADA.recordKey, FOR_ADA.subject, "1"]));
    const jwe = await new FlattenedEncrypt(new Uint8Array(1))
      .setProtectedHeader(header)
      .setAdditionalAuthenticatedData(aad)
      .encrypt(keyOf("1").key);
    await expect(openSecret(ring("1"), FOR_ADA, JSON.stringify(jwe))).rejects.toMatchObject(damaged);
  });

  it("does not open without what it is authenticated with", async () => {
    const compact = await new CompactEncrypt(new Uint8Array(1))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: "1" })
      .encrypt(keyOf("1").key);
    const [header, , iv, ciphertext, tag] = compact.split(".");
    const sealed = JSON.stringify({ protected: header, iv, ciphertext, tag });
    await expect(openSecret(ring("1"), FOR_ADA, sealed)).rejects.toMatchObject(damaged);
  });
});
