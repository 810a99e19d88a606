import { createHmac, randomBytes } from "node:crypto";
import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import { Names } from "./names.ts";
import { inWorld } from "./world.testing.ts";

const FIRST = "rt_0123456789abcdef";
const SECOND = "rt_fedcba9876543210";
const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzAxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

function known(): Names {
  const names = new Names();
  names.register(FIRST, "RT F1.g0", { generation: 0 });
  names.register(SECOND, "RT F1.g1");
  names.register(JWT, "AT F1.g0");
  return names;
}

function labelsIn(names: Names, text: string): string[] {
  return names.in(text).map(({ label }) => label);
}

describe("Names", () => {
  it.each([
    ["alone", FIRST],
    ["in JSON", JSON.stringify({ refresh_token: FIRST })],
    ["in a form, as the documentation shows", `refresh_token=${FIRST}`],
    ["in a form after other fields", `grant_type=refresh_token&refresh_token=${FIRST}&client_id=client_1`],
    ["in a cookie", `theme=dark; wos-session=${FIRST}; Path=/`],
    ["in a path", `https://app.test/sessions/${FIRST}/end`],
    ["percent-encoded", `https://app.test/?token=${encodeURIComponent(`"${FIRST}"`)}`],
    ["beside a stray percent sign", `100% ${FIRST}`],
    ["encoded beside a stray percent sign", `100%25 %zz ${encodeURIComponent(`"${FIRST}"`)}`],
    ["as a bearer token", `Bearer ${FIRST}`],
  ])("knows a secret %s", (_where, text) => {
    expect(labelsIn(known(), text)).toEqual(["RT F1.g0"]);
  });

  it("knows a secret with padding, encoded or not", () => {
    const names = new Names();
    names.register("c2VjcmV0LXNlY3JldC1zZWNyZXQ+/w==", "S");
    expect(labelsIn(names, "token=c2VjcmV0LXNlY3JldC1zZWNyZXQ+/w==")).toEqual(["S"]);
    expect(labelsIn(names, `token=${encodeURIComponent("c2VjcmV0LXNlY3JldC1zZWNyZXQ+/w==")}`)).toEqual(["S"]);
  });

  it("knows a JWT as a whole, and leaves one alone that differs in a character", () => {
    expect(labelsIn(known(), `Bearer ${JWT}`)).toEqual(["AT F1.g0"]);
    expect(labelsIn(known(), `Bearer ${JWT.slice(0, -1)}`)).toEqual([]);
    expect(labelsIn(known(), `Bearer ${JWT}x`)).toEqual([]);
  });

  it("keeps the order of appearance and tells each once", () => {
    expect(labelsIn(known(), `${SECOND} ${FIRST} ${SECOND}`)).toEqual(["RT F1.g1", "RT F1.g0"]);
  });

  it("hands back what the owner wanted to find again", () => {
    expect(known().in(FIRST)[0]?.subject).toEqual({ generation: 0 });
    expect(known().in(SECOND)[0]?.subject).toBeNull();
  });

  it("leaves unknown secrets, short words and the rest of a text unnamed", () => {
    expect(labelsIn(known(), "rt_9999999999999999 and some words, session=Fe26.2**salt*iv*box")).toEqual([]);
    expect(labelsIn(known(), "")).toEqual([]);
    expect(labelsIn(known(), "%")).toEqual([]);
  });

  it("knows nothing of what another world has minted", () => {
    known();
    expect(labelsIn(new Names(), FIRST)).toEqual([]);
  });

  it("knows a box by its content, however deep, and not by its key, salt or IV", () => {
    const names = known();
    const [inner, outer] = [randomBytes(40), randomBytes(60)];
    names.seal(inner, Buffer.from(JSON.stringify({ refreshToken: SECOND, accessToken: JWT })));
    names.seal(outer, Buffer.from(`box=${inner.toString("base64url")}&also=${FIRST}`));
    expect(labelsIn(names, `session=${outer.toString("base64url")}`)).toEqual(["RT F1.g1", "AT F1.g0", "RT F1.g0"]);
  });

  it("does not take one box for another that begins differently, nor name boxes too short to be told apart", () => {
    const names = known();
    names.seal(randomBytes(24), Buffer.from(FIRST));
    names.seal(Buffer.alloc(23), Buffer.from(FIRST));
    expect(labelsIn(names, randomBytes(24).toString("base64url"))).toEqual([]);
    expect(labelsIn(names, Buffer.alloc(23).toString("base64url"))).toEqual([]);
  });

  it("names what an isolate sealed as a JWE with AES-GCM", async () => {
    const labels = await inWorld(async (world) => {
      world.names.register(FIRST, "RT F1.g0");
      const key = new Uint8Array(32).fill(7);
      const plaintext = new TextEncoder().encode(JSON.stringify({ refreshToken: FIRST }));
      const cookie = await new CompactEncrypt(plaintext).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key);
      return labelsIn(world.names, `session=${encodeURIComponent(cookie)}; Path=/`);
    });
    expect(labels).toEqual(["RT F1.g0"]);
  });

  it("names what an isolate sealed as iron does, with AES-CBC and a MAC", async () => {
    const labels = await inWorld(async (world) => {
      world.names.register(FIRST, "RT F1.g0");
      const [salt, iv] = [crypto.getRandomValues(new Uint8Array(32)), crypto.getRandomValues(new Uint8Array(16))];
      const password = await crypto.subtle.importKey("raw", Buffer.from("a password of 32 characters or so"), "PBKDF2", false, [
        "deriveKey",
      ]);
      const pbkdf2 = { name: "PBKDF2", salt, iterations: 1, hash: "SHA-1" };
      const key = await crypto.subtle.deriveKey(pbkdf2, password, { name: "AES-CBC", length: 256 }, false, ["encrypt"]);
      const box = Buffer.from(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, Buffer.from(`{"rt":"${FIRST}"}`)));
      const base = `Fe26.2*1*${Buffer.from(salt).toString("hex")}*${Buffer.from(iv).toString("base64url")}*${box.toString("base64url")}*`;
      const mac = createHmac("sha256", "key").update(base).digest("base64url");
      return labelsIn(world.names, `wos-session=${encodeURIComponent(`${base}*${mac}~2`)}`);
    });
    expect(labels).toEqual(["RT F1.g0"]);
  });

  it("is quick on a large text that is no secret at all", () => {
    const text = "a".repeat(200_000) + "/=".repeat(50_000);
    expect(labelsIn(known(), text)).toEqual([]);
  });
});
