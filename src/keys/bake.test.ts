import { exportJWK } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { createSigner, createWorld, json, type World } from "../callback/callback.testing.ts";
import { bakeJwks } from "./bake.ts";
import { createStaticKeySet } from "./static.ts";

const URL_ = "https://api.workos.test/sso/jwks/client_1";
const signer = await createSigner();

let world: World;
beforeEach(() => {
  world = createWorld();
});

function bake(url = URL_) {
  return bakeJwks({ url, ports: world.ports, timeout: 2_000 });
}

test("bakes the issuer's public keys, which then verify without a call", async () => {
  world.reply = () => json(200, signer.jwks);
  const baked = await bake();
  expect(baked).toEqual({ kind: "baked", jwks: signer.jwks });
  if (baked.kind !== "baked") throw new Error("not baked");
  await createStaticKeySet(baked.jwks)({ alg: "RS256", kid: signer.kid }, { payload: "", signature: "" });
  expect(world.requests).toMatchObject([{ url: URL_ }]);
});

test("keeps the public members of signature keys and nothing else", async () => {
  const secret = await exportJWK(signer.privateKey);
  const ed = { kty: "OKP", crv: "Ed25519", x: "AAAA" };
  const ec = { kty: "EC", crv: "P-256", x: "AAAA", y: "BBBB", key_ops: ["verify"] };
  world.reply = () =>
    json(200, {
      keys: [{ ...secret, kid: "key-1", x5c: ["MII"] }, { kty: "oct", k: "c2VjcmV0" }, ed, ec, null, "key", [], { kid: "1" }],
      more: 1,
    });
  expect(await bake()).toStrictEqual({ kind: "baked", jwks: { keys: [{ kty: "RSA", kid: "key-1", n: secret.n, e: secret.e }, ed, ec] } });
});

describe("skips an issuer on this very machine, without a call", () => {
  test.each([
    "http://localhost:8080/jwks",
    "http://LOCALHOST/jwks",
    "http://auth.localhost/jwks",
    "http://localhost./jwks",
    "http://127.0.0.1:3000/jwks",
    "http://127.255.0.9/jwks",
    "http://[::1]:3000/jwks",
  ])("%s", async (url) => {
    expect(await bake(url)).toEqual({ kind: "skipped", because: "loopback_issuer" });
    expect(world.requests).toEqual([]);
  });

  test.each([
    "https://localhost.example/jwks",
    "https://notlocalhost/jwks",
    "https://127.0.0.1.example/jwks",
    "https://128.0.0.1/jwks",
    "https://a127.0.0.1x.example/jwks",
    "https://[::2]/jwks",
    "https://[fe80::1:1]/jwks",
  ])("but not %s", async (url) => {
    world.reply = () => json(200, signer.jwks);
    expect(await bake(url)).toMatchObject({ kind: "baked" });
  });
});

describe("leaves the keys to the run time, and says so, when the fetch fails", () => {
  test.each([
    ["an outage", () => json(503, {}), "the answer was 503"],
    ["HTML", () => new Response("<html>"), "the answer was 200 with a body that is not JSON"],
    ["no keys", () => json(200, { keys: [] }), "the answer was 200 without a public key"],
    ["keys that are no list", () => json(200, { keys: "none" }), "the answer was 200 without a public key"],
    ["null", () => json(200, null), "the answer was 200 without a public key"],
    ["a list", () => json(200, []), "the answer was 200 without a public key"],
    ["an error", () => json(404, signer.jwks), "the answer was 404 without a public key"],
  ])("%s", async (_, reply, said) => {
    world.reply = reply;
    expect(await bake()).toEqual({ kind: "failed", said });
  });

  test("silence", async () => {
    world.reply = () => new Promise(() => {});
    const baking = bake();
    world.advance(2_000);
    expect(await baking).toEqual({ kind: "failed", said: "no complete answer within 2000 ms" });
  });
});

test("a URL that is none is the caller's mistake", async () => {
  await expect(bake("jwks")).rejects.toThrow(TypeError);
});
