import { describe, expect, test } from "vitest";
import { profiles } from "../profiles.ts";
import { CLIENTS, machineBench } from "./machine.testing.ts";
import type { TokenPair } from "./records.ts";

type Bench = ReturnType<typeof machineBench>;

const family = ({ machine }: Bench) => (machine.state() as Readonly<Record<string, unknown>>[])[0];

async function redeem({ machine }: Bench, refreshToken: string | null, organizationId: string | null = null): Promise<TokenPair> {
  const request = { clientId: CLIENTS[0], surface: "workos", organizationId } as const;
  const redemption = await machine.redeem(refreshToken ?? "", request);
  return redemption.kind === "issued" ? redemption.pair : expect.fail(`it was rejected: ${redemption.reason}`);
}

/** Somebody has redeemed the sign-in's token so many times. */
async function redeemed(profile: keyof typeof profiles, times: number) {
  const bench = machineBench(profiles[profile]);
  const { refreshToken } = bench.signIn();
  const pairs: TokenPair[] = [];
  for (let time = 0; time < times; time++) pairs.push(await redeem(bench, refreshToken));
  return { bench, last: pairs.at(-1) as TokenPair };
}

describe("access tokens that came without a refresh token of their own", () => {
  test.each(["cognito", "duende", "convex-auth"] as const)(
    "are counted, since the next one's number depends on them: %s",
    async (profile) => {
      const [twice, thrice] = [await redeemed(profile, 2), await redeemed(profile, 3)];
      expect(twice.last.accessToken.credential).not.toEqual(thrice.last.accessToken.credential);
      expect(family(twice.bench)).not.toEqual(family(thrice.bench));
    },
  );

  test("are counted while the grace of the generation before may bring theirs another, and no longer", async () => {
    const { bench, last } = await redeemed("convex-auth", 2);
    await redeem(bench, last.refreshToken);
    bench.advance(9_999);
    expect(family(bench)).toMatchObject({ extraAccessTokens: [[1, 1]] });
    bench.advance(1);
    expect(family(bench)).not.toHaveProperty("extraAccessTokens");
  });

  test("are not counted once their session has ended, or their refresh token is over", async () => {
    const ended = await redeemed("cognito", 2);
    ended.bench.machine.end({ family: "F1" }, "user", "by the test");
    const over = await redeemed("cognito", 2);
    over.bench.advance(30 * 86_400_000);
    for (const { bench } of [ended, over]) expect(family(bench)).not.toHaveProperty("extraAccessTokens");
  });

  test.each(["workos", "entra", "okta"] as const)("are none where each comes with a refresh token: %s", async (profile) => {
    expect(family((await redeemed(profile, 3)).bench)).not.toHaveProperty("extraAccessTokens");
  });
});

describe("a pair that a replay will get again", () => {
  /** The first refresh asks for one organization, the second for another: both families end up speaking for the latter. */
  async function afterTwo(profile: (typeof profiles)[keyof typeof profiles], first: string | null, pause = 0) {
    const bench = machineBench(profile);
    const { refreshToken } = bench.signIn();
    bench.advance(pause);
    const second = await redeem(bench, refreshToken, first);
    await redeem(bench, second.refreshToken, "org_1");
    bench.advance(9_000 - pause);
    return { state: family(bench), again: await redeem(bench, refreshToken) };
  }

  test("is known by its organization, where that is not the family's any more", async () => {
    const [none, one] = [await afterTwo(profiles.workos, null), await afterTwo(profiles.workos, "org_1")];
    expect([none.again.organizationId, one.again.organizationId]).toEqual([null, "org_1"]);
    expect(none.state).not.toEqual(one.state);
  });

  test("is known by its moment, where the end of its grace does not tell", async () => {
    const profile = { ...profiles.workos, grace: profiles.workos.grace.map((rule) => ({ ...rule, seconds: null })) };
    const [early, late] = [await afterTwo(profile, "org_1"), await afterTwo(profile, "org_1", 5_000)];
    expect(early.again.accessToken.expiresAt).not.toBe(late.again.accessToken.expiresAt);
    expect(early.state).not.toEqual(late.state);
  });
});

test("an access token that was revoked alone is named until it ends", async () => {
  const bench = machineBench(profiles.workos);
  const { accessToken } = bench.signIn();
  // It is remembered once it is signed.
  await accessToken.jwt;
  const before = family(bench);
  bench.machine.revokeAccessToken(accessToken);
  expect(family(bench)).toEqual({ ...before, revokedAccessTokens: ["AT F1.g0"] });
  bench.advance(300_000);
  expect(family(bench)).toEqual(before);
});

test("a family is known by when it began, which tokens and the user's record say", () => {
  const [sooner, later] = [machineBench(profiles.workos), machineBench(profiles.workos)];
  later.advance(1_000);
  for (const bench of [sooner, later]) bench.signIn();
  sooner.advance(1_000);
  expect(family(sooner)).not.toEqual(family(later));
});
