import fc from "fast-check";
import { CompactEncrypt, decodeProtectedHeader } from "jose";
import { describe, expect, test, vi } from "vitest";
import { createSessionCookie, SESSION_COOKIE, type SessionData } from "./cookie.ts";
import { SessionError } from "./error.ts";
import { createSealKeys } from "./seal-keys.ts";
import { createSigner, OLD_PASSWORD, PASSWORD, pairOf } from "./session.testing.ts";

const signer = await createSigner();
const session: SessionData = { accessToken: await signer.sign(), refreshToken: "rt_1", userId: "user_ada", sessionId: "session_1" };
const maxAge = 3600;

function cookieOf(...passwords: string[]) {
  return createSessionCookie({ passwords, maxAge });
}

async function sealRaw(plaintext: string, header: Record<string, unknown> = {}): Promise<string> {
  const { newest } = await createSealKeys([PASSWORD])();
  const value = await new CompactEncrypt(new TextEncoder().encode(plaintext))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: newest.id, ...header })
    .encrypt(newest.key);
  return `${SESSION_COOKIE}=${value}`;
}

describe("the sealed cookie", () => {
  test("opens to what was sealed, and shows none of it", async () => {
    const setCookie = await cookieOf(PASSWORD).seal(session);
    expect(setCookie).toMatch(/^holdfast-session=[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(setCookie).not.toContain(session.accessToken);
    expect(await cookieOf(PASSWORD).open(`a=1; ${pairOf(setCookie)}`)).toEqual({ kind: "opened", session });
  });

  test("is a direct A256GCM JWE that names its key by an id that is not the key's or the password's text", async () => {
    const value = pairOf(await cookieOf(PASSWORD).seal(session)).slice(SESSION_COOKIE.length + 1);
    const { newest } = await createSealKeys([PASSWORD])();
    expect(decodeProtectedHeader(value)).toEqual({ alg: "dir", enc: "A256GCM", kid: newest.id });
    expect(newest.id).toMatch(/^[\w-]{11}$/);
    expect(PASSWORD).not.toContain(newest.id);
  });

  test("tells absent from unreadable", async () => {
    const cookie = cookieOf(PASSWORD);
    expect(await cookie.open(null)).toEqual({ kind: "absent" });
    expect(await cookie.open("other=1")).toEqual({ kind: "absent" });
    expect(await cookie.open(`${SESSION_COOKIE}=`)).toEqual({ kind: "absent" });
    expect(await cookie.open(`${SESSION_COOKIE}=garbage`)).toEqual({ kind: "unreadable" });
  });

  test("clears with an age of zero", () => {
    expect(cookieOf(PASSWORD).clear()).toBe("holdfast-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax");
  });

  test("is unreadable when it is damaged, and never rejects", async () => {
    const cookie = cookieOf(PASSWORD);
    const pair = pairOf(await cookie.seal(session));
    const first = SESSION_COOKIE.length + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: first, max: pair.length - 1 }), fc.constantFrom("A", "z", ".", "!", "é", ""), async (at, put) => {
        const opened = await cookie.open(pair.slice(0, at) + put + pair.slice(at + 1));
        // The last character of a segment has bits that base64url ignores: such a cookie holds the very same bytes.
        if (opened.kind === "opened") expect(opened.session).toEqual(session);
        else expect(opened.kind).toBe("unreadable");
      }),
    );
    const middle = pair.lastIndexOf(".") - 100; // Inside the ciphertext.
    const damaged = pair.slice(0, middle) + (pair[middle] === "A" ? "B" : "A") + pair.slice(middle + 1);
    expect((await cookie.open(damaged)).kind).toBe("unreadable");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect((await cookie.open(`${SESSION_COOKIE}=${text}`)).kind).not.toBe("opened");
      }),
    );
  });

  test.each([
    ["not JSON", "{"],
    ["null", "null"],
    ["another type", '"text"'],
    ["a missing refresh token", JSON.stringify({ access_token: "a", user_id: "u", session_id: "s" })],
    ["a missing access token", JSON.stringify({ refresh_token: "r", user_id: "u", session_id: "s" })],
    ["a missing user", JSON.stringify({ access_token: "a", refresh_token: "r", session_id: "s" })],
    ["a missing session", JSON.stringify({ access_token: "a", refresh_token: "r", user_id: "u" })],
  ])("is unreadable when our own seal holds %s", async (_, plaintext) => {
    expect(await cookieOf(PASSWORD).open(await sealRaw(plaintext))).toEqual({ kind: "unreadable" });
  });

  test("is unreadable when it is compressed or lacks a key id", async () => {
    const plaintext = JSON.stringify({ access_token: "a", refresh_token: "r", user_id: "u", session_id: "s" });
    expect((await cookieOf(PASSWORD).open(await sealRaw(plaintext))).kind).toBe("opened");
    expect((await cookieOf(PASSWORD).open(await sealRaw(plaintext, { zip: "DEF" }))).kind).toBe("unreadable");
    expect((await cookieOf(PASSWORD).open(await sealRaw(plaintext, { kid: undefined }))).kind).toBe("unreadable");
  });

  test("is one clear error, without a token, when a browser would drop it", async () => {
    const large = { ...session, accessToken: "a".repeat(4096) };
    const error = await cookieOf(PASSWORD)
      .seal(large)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionError);
    expect(error).toMatchObject({ code: "cookie_too_large" });
    expect(String(error)).toMatch(/at most 4096 bytes \(name and value\), got \d+:/);
    expect(String(error)).not.toContain("aaaa");
  });

  test("takes exactly 4096 bytes of name and value, and not one more", async () => {
    const cookie = cookieOf(PASSWORD);
    let length = 2800;
    let largest = "";
    // Base64url grows in uneven steps, so the last one that fits is found and not computed.
    for (;;) {
      const sealed = await cookie.seal({ ...session, accessToken: "a".repeat(length++) }).catch(() => null);
      if (sealed === null) break;
      largest = pairOf(sealed);
    }
    const bytes = largest.length - 1; // Without the `=`.
    expect(bytes).toBeLessThanOrEqual(4096);
    expect(bytes).toBeGreaterThan(4096 - 3);
  });
});

describe("the key ring", () => {
  test("opens what an old key sealed, and seals with the newest", async () => {
    const before = pairOf(await cookieOf(OLD_PASSWORD).seal(session));
    const rotated = cookieOf(PASSWORD, OLD_PASSWORD);
    expect((await rotated.open(before)).kind).toBe("opened");
    const after = pairOf(await rotated.seal(session));
    expect((await cookieOf(PASSWORD).open(after)).kind).toBe("opened");
    expect((await cookieOf(OLD_PASSWORD).open(after)).kind).toBe("unreadable");
  });

  test("does not open what a key outside of it sealed", async () => {
    const foreign = pairOf(await cookieOf(OLD_PASSWORD).seal(session));
    expect(await cookieOf(PASSWORD).open(foreign)).toEqual({ kind: "unreadable" });
  });

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

  test("lets a fault of the crypto itself through instead of calling the cookie unreadable", async () => {
    const importKey = vi.spyOn(crypto.subtle, "importKey").mockRejectedValueOnce(new Error("no crypto now"));
    await expect(cookieOf(PASSWORD).open(`${SESSION_COOKIE}=x`)).rejects.toThrow("no crypto now");
    importKey.mockRestore();
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
