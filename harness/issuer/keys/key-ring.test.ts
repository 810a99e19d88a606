import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { bench, START } from "../issuer.testing.ts";
import { createKeyRing } from "./key-ring.ts";
import { newSigningKey, nodeRs256 } from "./node-rs256.ts";

type World = ReturnType<typeof bench>;

const published = (world: World) => world.issuer.jwks.keys.map(({ kid }) => kid);
const signing = async (world: World) => decodeProtectedHeader((await world.signIn()).access).kid;

/** Whether a fresh token verifies with what is published. */
async function verifies(world: World): Promise<boolean> {
  const { access } = await world.signIn();
  const keys = createLocalJWKSet({ keys: world.issuer.jwks.keys.map((key) => ({ kty: "RSA", ...key })) });
  return jwtVerify(access, keys, { currentDate: new Date(world.now()) }).then(
    () => true,
    () => false,
  );
}

describe("a rotation", () => {
  test("has the next key sign at once, and the old one stay for the lifetime of an access token", async () => {
    const world = bench();
    expect(await world.issuer.control.keys.rotate()).toMatchObject({ id: "K2", kid: "test-key-2", signs: true, published: true });
    expect(await signing(world)).toBe("test-key-2");
    expect(published(world)).toEqual(["test-key-1", "test-key-2"]);
    expect(world.issuer.deadlines()).toContain(START + 300_000);
    world.advance(300_000);
    expect(published(world)).toEqual(["test-key-2"]);
  });

  test("can be told for later, and the state says so until then", async () => {
    const world = bench();
    await world.issuer.control.keys.rotate({ at: START + 60_000, overlap: null });
    expect(world.issuer.deadlines()).toEqual([START + 60_000]);
    expect(await signing(world)).toBe("test-key-1");
    expect(world.issuer.state()).toMatchObject({
      keys: [
        ["test-key-1", "signs", true, null, null, null],
        ["test-key-2", "spare", true, START + 60_000, null, null],
      ],
    });
    world.advance(60_000);
    expect(await signing(world)).toBe("test-key-2");
    expect(world.issuer.state()).toMatchObject({
      keys: [
        ["test-key-1", "spent", true, null, null, null],
        ["test-key-2", "signs", true, null, null, null],
      ],
    });
  });

  test("publishes the new key before it signs", async () => {
    const world = bench({ keys: signingKeys.slice(0, 1) });
    await world.issuer.control.keys.rotate({ key: signingKeys[1], at: START + 60_000, publish: -30_000 });
    expect(published(world)).toEqual(["test-key-1"]);
    world.advance(30_000);
    expect(published(world)).toEqual(["test-key-1", "test-key-2"]);
    expect(await signing(world)).toBe("test-key-1");
    world.advance(30_000);
    expect(await signing(world)).toBe("test-key-2");
  });

  test("publishes the new key after it has begun to sign: until then nobody can verify", async () => {
    const world = bench();
    await world.issuer.control.keys.rotate({ publish: 5_000 });
    expect(await verifies(world)).toBe(false);
    world.advance(5_000);
    expect(await verifies(world)).toBe(true);
  });

  test("never publishes a kid that shall stay unknown", async () => {
    const world = bench();
    await world.issuer.control.keys.rotate({ publish: null });
    world.advance(1_000_000);
    expect(published(world)).not.toContain("test-key-2");
    expect(await verifies(world)).toBe(false);
  });

  test("can give two keys one kid", async () => {
    const world = bench({ keys: signingKeys.slice(0, 1) });
    await world.issuer.control.keys.rotate({ key: signingKeys[1], kid: "test-key-1" });
    expect(published(world)).toEqual(["test-key-1", "test-key-1"]);
    const [one, two] = world.issuer.jwks.keys;
    expect(one?.n).not.toBe(two?.n);
    expect(world.issuer.control.keys.list().map(({ id, kid }) => `${id} ${kid}`)).toEqual(["K1 test-key-1", "K2 test-key-1"]);
  });

  test("makes a key when all have signed, if it was given a way to", async () => {
    const poor = bench({ keys: signingKeys.slice(0, 1) });
    await expect(poor.issuer.control.keys.rotate()).rejects.toMatchObject({ code: "BAD_USAGE", hint: expect.stringContaining("newKey") });

    const world = bench({ keys: signingKeys.slice(0, 1), newKey: async () => signingKeys[1] });
    await world.issuer.control.keys.rotate();
    expect(await signing(world)).toBe("test-key-2");
    expect(await verifies(world)).toBe(true);
  });

  test("is one for now, however fast the clock goes", () => {
    const [one, other] = signingKeys;
    let now = START;
    const ring = createKeyRing([one], () => now++);
    expect(ring.rotate(other, { overlap: null })).toMatchObject({ signs: true });
  });

  test("is refused in the past, and before one that was told already", async () => {
    const world = bench();
    const { keys } = world.issuer.control;
    await expect(keys.rotate({ at: START - 1 })).rejects.toMatchObject({ code: "BAD_USAGE" });
    await keys.rotate({ at: START + 10 });
    await expect(keys.rotate({ key: signingKeys[0], at: START + 5 })).rejects.toMatchObject({ code: "BAD_USAGE" });
  });
});

describe("retiring a key", () => {
  test("takes it from the key set at once", async () => {
    const world = bench();
    await world.issuer.control.keys.rotate();
    world.issuer.control.keys.retire("K1");
    expect(published(world)).toEqual(["test-key-2"]);
  });

  test("is refused for the one that signs and for one that there is not", () => {
    const { keys } = bench().issuer.control;
    expect(() => keys.retire("K1")).toThrow("expected a key that does not sign, got K1");
    expect(() => keys.retire("K9")).toThrow("expected a key of the ring");
  });
});

test("signatures by node:crypto verify as WebCrypto's do, one by one and together, also with a key made at run time", async () => {
  const world = bench({ keys: [await newSigningKey("made")], rs256: nodeRs256() });
  expect(await verifies(world)).toBe(true);
  expect(await Promise.all([1, 2, 3, 4].map(() => verifies(world)))).toEqual([true, true, true, true]);
});
