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

describe("a text without its random bytes", () => {
  const sealedAs = (names: Names, content: string): string => {
    const box = randomBytes(40);
    names.seal(box, Buffer.from(content));
    return box.toString("base64url");
  };

  it.each([
    ["alone", FIRST, "⟦RT F1.g0⟧"],
    ["in a form", `grant_type=refresh_token&refresh_token=${FIRST}`, "grant_type=refresh_token&refresh_token=⟦RT F1.g0⟧"],
    ["after an equals sign that a value follows", `refresh=${FIRST}=`, "refresh=⟦RT F1.g0⟧="],
    ["in a path", `/sessions/${FIRST}/end`, "/sessions/⟦RT F1.g0⟧/end"],
    ["in JSON", JSON.stringify({ a: FIRST, b: SECOND }), '{"a":"⟦RT F1.g0⟧","b":"⟦RT F1.g1⟧"}'],
    ["percent-encoded", `token=${encodeURIComponent(`"${FIRST}"`)}`, 'token="⟦RT F1.g0⟧"'],
    ["as a JWT, as a whole", `Bearer ${JWT}`, "Bearer ⟦AT F1.g0⟧"],
    ["glued by a dot", `${FIRST}.${SECOND}`, "⟦RT F1.g0⟧.⟦RT F1.g1⟧"],
    ["in JSON in base64url", Buffer.from(JSON.stringify({ rt: FIRST })).toString("base64url"), '⟦{"rt":"⟦RT F1.g0⟧"}⟧'],
    ["twice", `${FIRST} ${FIRST}`, "⟦RT F1.g0⟧ ⟦RT F1.g0⟧"],
  ])("has the name of a secret %s", (_where, text, expected) => {
    expect(known().canonical(text)).toBe(expected);
  });

  it("differs by what can be read in secrets of one name, and not by their bytes", () => {
    const canonical = (secret: string, content: string) => {
      const names = new Names();
      names.register(secret, "AT F1.g0", null, () => content);
      return names.canonical(`Bearer ${secret}`);
    };
    expect(canonical(FIRST, "ends at noon")).toBe(canonical(SECOND, "ends at noon"));
    expect(canonical(FIRST, "ends at noon")).not.toBe(canonical(FIRST, "ends at one"));
    expect(canonical(FIRST, "ends at noon")).toContain("AT F1.g0");
  });

  it("asks once what can be read in a secret, and only when a key is wanted", () => {
    let asked = 0;
    const names = new Names();
    names.register(FIRST, "AT F1.g0", null, () => `${++asked}`);
    expect([names.in(FIRST).length, asked]).toEqual([1, 0]);
    expect([names.canonical(`a=${FIRST}`) === names.canonical(`b=${FIRST}`).replace("b=", "a="), asked]).toEqual([true, 1]);
  });

  it("has the content of a box, whatever its random bytes, its salt, its key and its tag", () => {
    const names = known();
    const cookie = () =>
      `session=${randomBytes(18).toString("base64url")}.${sealedAs(names, `{"rt":"${FIRST}"}`)}.${randomBytes(18).toString("base64url")}`;
    expect(names.canonical(cookie())).toBe(names.canonical(cookie()));
    expect(names.canonical(cookie())).toBe('session=⟦{"rt":"⟦RT F1.g0⟧"}⟧');
  });

  it("has the content of a box in a box", () => {
    const names = known();
    const nested = () => sealedAs(names, `box=${sealedAs(names, `rt=${SECOND}`)}`);
    expect(names.canonical(nested())).toBe("⟦box=⟦rt=⟦RT F1.g1⟧⟧⟧");
    expect(names.canonical(nested())).toBe(names.canonical(nested()));
  });

  it("differs where the content does, also of boxes that contain no secret", () => {
    const names = known();
    expect(names.canonical(sealedAs(names, "generation 1"))).not.toBe(names.canonical(sealedAs(names, "generation 2")));
    expect(names.canonical(FIRST)).not.toBe(names.canonical(SECOND));
  });

  it("is one for the same content sealed twice as a JWE, each with an IV of its own", async () => {
    const [one, other] = await inWorld(async (world) => {
      world.names.register(FIRST, "RT F1.g0");
      const key = new Uint8Array(32).fill(7);
      const plaintext = new TextEncoder().encode(JSON.stringify({ refreshToken: FIRST }));
      const seal = () => new CompactEncrypt(plaintext).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key);
      const cookies = [await seal(), await seal()];
      expect(cookies[0]).not.toBe(cookies[1]);
      return cookies.map((cookie) => world.names.canonical(`session=${cookie}; Path=/`));
    });
    expect(one).toContain('{"refreshToken":"⟦RT F1.g0⟧"}');
    expect(other).toBe(one);
  });

  it.each([
    "",
    "%",
    "short",
    "/",
    "=",
    "==============================",
    "////////////////////////////////",
    "a/b=c/d=e/f=g/h=i/j=k/l=m/n=o/p=",
    "eyJ",
    "eyJeyJeyJeyJeyJeyJ",
    "a word of sixteen letters or more: internationalisation",
    "rt_9999999999999999.rt_8888888888888888",
  ])("is itself where there is nothing in it to name: %j", (text) => {
    const canonical = known().canonical(text);
    if (text.startsWith("eyJeyJ")) expect(canonical).toMatch(/^⟦.*⟧$/s);
    else expect(canonical).toBe(text);
  });

  it("leaves unknown secrets in it: what nobody named tells states apart", () => {
    expect(known().canonical("token=rt_9999999999999999")).not.toBe(known().canonical("token=rt_8888888888888888"));
  });

  it("decodes JSON within JSON within base64url to its end", () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    expect(known().canonical(encode({ inner: encode({ rt: FIRST }) }))).toBe('⟦{"inner":"⟦{"rt":"⟦RT F1.g0⟧"}⟧"}⟧');
  });

  it("is quick on a large text that is no secret at all", () => {
    const text = "a".repeat(200_000) + "/=".repeat(50_000);
    expect(known().canonical(text)).toBe(text);
  });
});

describe("a piece of a sealed box", () => {
  const ciphertext = Uint8Array.from({ length: 3_000 }, (_, index) => (index * 37 + (index >> 3)) & 255);
  const whole = Buffer.from(ciphertext).toString("base64url");

  it("is known by what the box contains, wherever it was cut", () => {
    const names = new Names();
    names.seal(ciphertext, new TextEncoder().encode("what is inside"));
    for (const from of [0, 1, 1_999, 3_500]) expect(names.boxOf(whole.slice(from, from + 400))).toBe("what is inside");
    expect(names.boxOf(`${whole.slice(-300)}.the-tag-of-it`)).toBe("what is inside");
  });

  it("is nobody's when it is too short, or of another box, or of one that nobody would cut", () => {
    const names = new Names();
    names.seal(ciphertext.slice(0, 100), new TextEncoder().encode("short"));
    for (const text of [whole.slice(0, 20), whole.slice(40, 120), "A".repeat(200), ""]) expect(names.boxOf(text)).toBeNull();
  });
});
