import { expect, test } from "vitest";
import { ORIGIN } from "../issuer.testing.ts";
import { oidcBench } from "./oidc.testing.ts";

const METADATA = "/.well-known/openid-configuration";

test("discovery says the same at both of its addresses, and only of endpoints that answer", async () => {
  const world = oidcBench();
  const { body, headers } = await world.ask(METADATA);
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect((await world.ask("/.well-known/oauth-authorization-server")).body).toEqual(body);
  expect(body).toMatchObject({
    issuer: ORIGIN,
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ["S256"],
  });
  const endpoints = Object.entries(body).filter(([name]) => name.endsWith("_endpoint") || name === "jwks_uri");
  expect(endpoints).toHaveLength(7);
  for (const [, address] of endpoints) expect((await world.ask(String(address))).status).not.toBe(404);
  expect((await world.ask(String(body.jwks_uri))).body).toEqual(world.issuer.jwks);
});

test("a surface that is not wanted is not there, nor are pages without anybody to look at them", async () => {
  const paths = [METADATA, "/user_management/authorize", "/interaction/x"];
  const statuses = async (world: ReturnType<typeof oidcBench>) =>
    Promise.all(paths.map(async (path) => (await world.ask(path)).status !== 404));
  expect(await statuses(oidcBench())).toEqual([true, true, true]);
  expect(await statuses(oidcBench({ surfaces: ["workos"] }))).toEqual([false, true, true]);
  expect(await statuses(oidcBench({ surfaces: ["oidc"], interactive: false }))).toEqual([true, false, false]);
});

test("the state names who is signed in, on the way and remembered, and holds no secret", async () => {
  const world = oidcBench();
  const { headers, parameters } = await world.start();
  const page = await world.start({ login_hint: null });
  const { id_token } = (await world.exchange(parameters.code ?? "")).body;
  const state = world.issuer.state();
  expect(state).toMatchObject({
    codes: { issued: 1, live: [], spent: [["F1", world.now() + 600_000]] },
    signOns: [["session_01000000000000000000000001", "user_ada"]],
    interactions: [["web_app", null, world.now() + 600_000]],
    consents: [],
  });
  const text = JSON.stringify(state);
  expect(JSON.parse(text)).toEqual(state);
  const cookies = [...headers.getSetCookie(), ...page.headers.getSetCookie()].map((line) => /=([^;]+)/.exec(line)?.[1] ?? "");
  expect(cookies).toHaveLength(2);
  for (const secret of [...world.names.keys(), ...cookies, id_token]) expect(text).not.toContain(secret);
});
