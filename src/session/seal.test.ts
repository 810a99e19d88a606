import { hkdfSync } from "node:crypto";
import fc from "fast-check";
import { CompactEncrypt, decodeProtectedHeader } from "jose";
import { describe, expect, test, vi } from "vitest";
import { SessionError } from "./error.ts";
import { createSeal } from "./seal.ts";
import { createSealKeys } from "./seal-keys.ts";
import { OLD_PASSWORD, PASSWORD } from "./session.testing.ts";

async function sealRaw(plaintext: string, header: Record<string, unknown> = {}): Promise<string> {
  const { newest } = await createSealKeys([PASSWORD])();
  return new CompactEncrypt(new TextEncoder().encode(plaintext))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: newest.id, ...header })
    .encrypt(newest.key);
}

describe("the seal", () => {
  test("opens to what was sealed, and shows none of it", async () => {
    const { seal, open } = createSeal([PASSWORD]);
    const sealed = await seal("a secret é🔒");
    expect(sealed).not.toContain("secret");
    expect(await open(sealed)).toEqual({ kind: "opened", text: "a secret é🔒" });
  });

  test("derives what Node's own HKDF derives: another derivation would sign everybody out", async () => {
    const { newest } = await createSealKeys([PASSWORD])();
    const bits = Buffer.from(hkdfSync("sha256", PASSWORD, "holdfast-session", "A256GCM key and key id", 40));
    expect(newest.id).toBe(bits.subarray(32).toString("base64url"));
  });

  test("is a direct A256GCM JWE that names its key by an id that is not the key's or the password's text", async () => {
    const sealed = await createSeal([PASSWORD]).seal("text");
    const { newest } = await createSealKeys([PASSWORD])();
    expect(decodeProtectedHeader(sealed)).toEqual({ alg: "dir", enc: "A256GCM", kid: newest.id });
    expect(newest.id).toMatch(/^[\w-]{11}$/);
    expect(PASSWORD).not.toContain(newest.id);
  });

  test("never opens what is damaged, and never rejects", async () => {
    const { seal, open } = createSeal([PASSWORD]);
    const sealed = await seal("text");
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: sealed.length - 1 }), fc.constantFrom("A", "z", ".", "!", "é", ""), async (at, put) => {
        const opened = await open(sealed.slice(0, at) + put + sealed.slice(at + 1));
        // The last character of a segment has bits that base64url ignores: such a text holds the very same bytes.
        if (opened.kind === "opened") expect(opened.text).toBe("text");
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await open(text)).toEqual({ kind: "damaged" });
      }),
    );
    const middle = sealed.lastIndexOf(".") - 3; // Inside the ciphertext.
    expect(await open(sealed.slice(0, middle) + (sealed[middle] === "A" ? "B" : "A") + sealed.slice(middle + 1))).toEqual({
      kind: "damaged",
    });
  });

  test("takes no compression and no other algorithm, and without a key id no key", async () => {
    const { open } = createSeal([PASSWORD]);
    expect((await open(await sealRaw("text"))).kind).toBe("opened");
    expect((await open(await sealRaw("text", { zip: "DEF" }))).kind).toBe("damaged");
    expect((await open(await sealRaw("text", { kid: undefined }))).kind).toBe("unknown-key");
  });

  test("opens what an old key sealed, and seals with the newest", async () => {
    const before = await createSeal([OLD_PASSWORD]).seal("text");
    const rotated = createSeal([PASSWORD, OLD_PASSWORD]);
    expect((await rotated.open(before)).kind).toBe("opened");
    const after = await rotated.seal("text");
    expect((await createSeal([PASSWORD]).open(after)).kind).toBe("opened");
    expect(await createSeal([OLD_PASSWORD]).open(after)).toEqual({ kind: "unknown-key" });
  });

  test("lets a fault of the crypto itself through instead of calling the text damaged", async () => {
    const importKey = vi.spyOn(crypto.subtle, "importKey").mockRejectedValueOnce(new Error("no crypto now"));
    await expect(createSeal([PASSWORD]).open("x")).rejects.toThrow("no crypto now");
    importKey.mockRestore();
  });
});

describe("the key ring", () => {
  test("derives once, the same everywhere, and differently for each password", async () => {
    const derive = vi.spyOn(crypto.subtle, "deriveBits");
    const keys = createSealKeys([PASSWORD, OLD_PASSWORD]);
    const [first, second] = await Promise.all([keys(), keys()]);
    expect(derive).toHaveBeenCalledTimes(2);
    derive.mockRestore();
    expect(second).toBe(first);
    expect(first.byId.size).toBe(2);
    expect((await createSealKeys([PASSWORD])()).newest.id).toBe(first.newest.id);
  });

  test("does not remember a failure to derive", async () => {
    const keys = createSealKeys([PASSWORD]);
    const importKey = vi.spyOn(crypto.subtle, "importKey").mockRejectedValueOnce(new Error("no crypto now"));
    await expect(keys()).rejects.toThrow("no crypto now");
    importKey.mockRestore();
    await expect(keys()).resolves.toBeDefined();
  });

  test.each([
    [[], "at least one cookie password"],
    [["x".repeat(31)], "got 31 in cookiePasswords[0]"],
    [[PASSWORD, ""], "got 0 in cookiePasswords[1]"],
  ])("refuses %j at once", (passwords, message) => {
    expect(() => createSealKeys(passwords)).toThrow(SessionError);
    expect(() => createSealKeys(passwords)).toThrow(message);
  });

  test("takes a password of exactly 32 characters", () => {
    expect(() => createSealKeys(["x".repeat(32)])).not.toThrow();
  });
});
