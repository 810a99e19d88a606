import { expect, test } from "vitest";
import type { Profile } from "../profile.ts";
import { profiles } from "../profiles.ts";
import { CLIENTS, machineBench } from "./machine.testing.ts";
import type { Redemption } from "./machine.ts";

const REQUEST = { clientId: CLIENTS[0], surface: "workos", organizationId: null } as const;
/** Milliseconds that the access tokens of these tests live. */
const LIFETIME = 300_000;

/** One family, refreshed once a second; the bytes of its tokens in the order of their coming. */
async function refreshed(profile: Profile, times: number) {
  const bench = machineBench(profile);
  const first = bench.signIn();
  const refreshTokens = [first.refreshToken ?? ""];
  const accessTokens = [await first.accessToken.jwt];
  for (let index = 0; index < times; index++) {
    bench.advance(1_000);
    const { pair } = issued(await bench.machine.redeem(refreshTokens.at(-1) ?? "", REQUEST));
    refreshTokens.push(pair.refreshToken ?? "");
    accessTokens.push(await pair.accessToken.jwt);
  }
  const held = () =>
    bench.machine.sessions.flatMap(({ families }) => families.flatMap(({ tokens }) => tokens)).flatMap((one) => one.accessTokens);
  return { ...bench, refreshTokens, accessTokens, held };
}

function issued(redemption: Redemption) {
  if (redemption.kind === "rejected") throw new Error(`refused as ${redemption.reason}`);
  return redemption;
}

test("an issuer that refreshes all day keeps no more access tokens than can matter", async () => {
  const { held } = await refreshed(profiles.workos, 20_000);
  expect(held().length).toBeLessThanOrEqual(1_000);
  expect(held().length).toBeGreaterThanOrEqual(LIFETIME / 1_000);
});

test("every access token that has not expired is good, and none that has, forgotten or not", async () => {
  const { machine, accessTokens, held } = await refreshed(profiles.workos, 3_000);
  const good = accessTokens.map((jwt) => machine.useAccessToken(jwt) !== undefined);
  expect(good.lastIndexOf(false)).toBe(accessTokens.length - 1 - LIFETIME / 1_000);
  expect(good.filter(Boolean)).toHaveLength(LIFETIME / 1_000);
  expect(accessTokens.map((jwt) => machine.accessToken(jwt) !== undefined)).toEqual(good);
  expect(held().length).toBeLessThan(accessTokens.length);
});

test("a refresh token that was spent long ago is still late reuse, and not unknown", async () => {
  const { machine, refreshTokens, events } = await refreshed(profiles["better-auth"], 3_000);
  expect(await machine.redeem(refreshTokens[5] ?? "", REQUEST)).toEqual({ kind: "rejected", reason: "spent" });
  expect(events.at(-1)).toMatchObject({ type: "session-ended", cause: "reuse" });
});

test("what a replay can still get is not forgotten, however long ago it has expired", async () => {
  const patient = { ...profiles.workos, grace: profiles.workos.grace.map((rule) => ({ ...rule, seconds: 86_400 })) };
  const { machine, refreshTokens, accessTokens } = await refreshed(patient, 3_000);
  for (const index of [0, 1_500, 2_999]) {
    const { pair } = issued(await machine.redeem(refreshTokens[index] ?? "", REQUEST));
    expect([pair.refreshToken, await pair.accessToken.jwt]).toEqual([refreshTokens[index + 1], accessTokens[index + 1]]);
  }
});

test("nor is what a sibling's family holds, where storage takes time", async () => {
  const bench = machineBench(profiles.workos, { storage: async () => {} });
  const first = bench.signIn();
  let token = first.refreshToken ?? "";
  for (let index = 0; index < 1_500; index++) {
    bench.advance(LIFETIME);
    token = issued(await bench.machine.redeem(token, REQUEST)).pair.refreshToken ?? "";
  }
  expect(first.family.tokens.every(({ accessTokens }) => accessTokens.length === 1)).toBe(true);
});

test("a clock that goes back finds a forgotten answer spent, and gives nobody a second successor", async () => {
  const { machine, refreshTokens, advance } = await refreshed(profiles.workos, 3_000);
  advance(-2_995_000);
  expect(await machine.redeem(refreshTokens[5] ?? "", REQUEST)).toEqual({ kind: "rejected", reason: "spent" });
});

test("a token of the other surface is foreign, and the journal is told", async () => {
  const { machine, signIn, events } = machineBench(profiles.workos);
  const { refreshToken } = signIn();
  expect(await machine.redeem(refreshToken ?? "", { ...REQUEST, surface: "oidc" })).toEqual({ kind: "rejected", reason: "foreign" });
  expect(events.at(-1)).toMatchObject({ type: "token-redeemed", outcome: "rejected", detail: "it belongs to the workos surface" });
});

test("where a replay must ask for the same, it must ask for the same scope", async () => {
  const strict = { ...profiles.workos, grace: profiles.workos.grace.map((rule) => ({ ...rule, sameRequest: true })) };
  const { machine, signIn } = machineBench(strict);
  const { refreshToken } = signIn(0, 0, null, "openid email");
  const redeem = async (scope?: string) =>
    (await machine.redeem(refreshToken ?? "", { ...REQUEST, ...(scope === undefined ? {} : { scope }) })).kind;
  expect(await redeem()).toBe("issued");
  expect([await redeem("email openid"), await redeem("openid"), await redeem()]).toEqual(["issued", "rejected", "issued"]);
});
