import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { sessionOf } from "../session.testing.ts";
import { hasTokens, referenceTo } from "../session-data.ts";
import type { TokenAnswer } from "../token-answer.ts";
import { admitted, dump, fault, generation, openStage, REJECTED, refreshing, rotate } from "./ledger.testing.ts";
import { ledger } from "./ledger.ts";
import { naive } from "./naive.ts";
import { refreshPolicy } from "./policy.ts";
import { AS_IT_IS, createRedeem } from "./redemption.ts";
import { serverSession } from "./server-session.ts";
import { singleFlight } from "./single-flight.ts";

const g0 = generation(0);

describe("the redemption", () => {
  const jwt = (claims: Record<string, unknown>) => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32));
  const expiryOf = (lifetime: number | null) => (lifetime ?? 60) * 1000;
  const redeem = (answer: TokenAnswer, session = sessionOf()) =>
    createRedeem({ redeem: async () => answer }, expiryOf)(session, AS_IT_IS, 10_000);

  test("presents the session's refresh token and the wish, within the limit", async () => {
    const seen: unknown[] = [];
    const protocol = {
      redeem: async (...all: unknown[]): Promise<TokenAnswer> => {
        seen.push(all);
        return { kind: "rejected", said: "" };
      },
    };
    const redeemWith = createRedeem(protocol, expiryOf);
    await redeemWith(sessionOf(), { organizationId: "org_2" }, 1_000);
    await redeemWith(sessionOf(), AS_IT_IS, 2_000);
    expect(seen).toEqual([
      ["rt_0", "org_2", 1_000],
      ["rt_0", null, 2_000],
    ]);
  });

  test("issued: the next generation, in the organization that the token says, and the rest of the session stays", async () => {
    const accessToken = await jwt({ sub: "user_ada", org_id: "org_2" });
    expect(await redeem({ kind: "issued", accessToken, refreshToken: "rt_1", refreshTokenLifetime: 1_800 })).toEqual({
      kind: "issued",
      successor: sessionOf({ generation: 1, organizationId: "org_2", expiresAt: 1_800_000, accessToken, refreshToken: "rt_1" }),
    });
    const none = await jwt({ sub: "user_ada" });
    expect(
      await redeem(
        { kind: "issued", accessToken: none, refreshToken: "rt_1", refreshTokenLifetime: null },
        sessionOf({ organizationId: "org_1" }),
      ),
    ).toMatchObject({ successor: { organizationId: null } });
  });

  test("issued a token that cannot be read: kept, since its parent is spent", async () => {
    const answer: TokenAnswer = { kind: "issued", accessToken: "opaque", refreshToken: "rt_1", refreshTokenLifetime: null };
    expect(await redeem(answer, sessionOf({ organizationId: "org_1" }))).toMatchObject({
      kind: "issued",
      successor: { accessToken: "opaque", organizationId: "org_1" },
    });
  });

  test("issued without a refresh token or its lifetime: the old one is kept, for as long as is usual", async () => {
    expect(await redeem({ kind: "issued", accessToken: "at_1", refreshToken: null, refreshTokenLifetime: null })).toMatchObject({
      successor: { generation: 1, accessToken: "at_1", refreshToken: "rt_0", expiresAt: 60_000 },
    });
  });

  test("issued another user's token: no verdict, and nothing of it is kept", async () => {
    const accessToken = await jwt({ sub: "user_bob" });
    expect(await redeem({ kind: "issued", accessToken, refreshToken: "rt_bob", refreshTokenLifetime: null })).toEqual({
      kind: "unavailable",
      said: "the issuer answered the refresh with another user's token",
      retryAfter: null,
      issuer: "declined",
    });
  });

  test("rejected and unavailable stay what they are; misconfigured is the operator's trouble", async () => {
    expect(await redeem({ kind: "rejected", said: "invalid_grant" })).toEqual(REJECTED);
    expect(await redeem(fault("unknown", 3) as TokenAnswer)).toEqual(fault("unknown", 3));
    expect(await redeem({ kind: "misconfigured", said: "invalid_client" })).toEqual({
      kind: "unavailable",
      said: "invalid_client",
      retryAfter: null,
      issuer: "declined",
    });
  });
});

describe.each([
  ["naive", naive],
  ["single-flight", singleFlight],
] as const)("%s", (_, strategy) => {
  test("keeps nothing, admits every cookie with tokens, and has nothing to end", async () => {
    const stage = openStage({ strategy });
    const one = stage.isolate(1);
    expect(one.cookieOf(g0)).toBe(g0);
    expect(await one.begin(g0)).toEqual({ kind: "begun" });
    expect(await one.admit(g0)).toMatchObject({ kind: "admitted", session: g0, adopted: false });
    const said = "the cookie holds no tokens: another strategy has set it";
    expect(await one.admit(referenceTo(g0))).toEqual({ kind: "signed-out", reason: "session_unknown", said });
    expect(await one.end(g0, "session_ended")).toEqual({ kind: "ended" });
    await one.maintain();
    expect(stage.statements).toEqual([]);
  });

  test.each([
    [REJECTED, { kind: "signed-out", reason: "refresh_rejected", said: "invalid_grant" }],
    [fault("unknown", 3), { kind: "unavailable", said: "fault: unknown", retryAfter: 3 }],
  ])("passes the issuer's answer on: %j", async (answer, expected) => {
    const stage = openStage({ strategy });
    const { outcome } = await refreshing(stage, 1, g0, "org_2");
    expect(stage.presentations[0]?.organizationId).toBe("org_2");
    await stage.presentations[0]?.answer(answer);
    expect(await outcome).toEqual(expected);
  });

  test("rotates", async () => {
    const stage = openStage({ strategy });
    expect(await rotate(stage, 1, g0)).toEqual(generation(1));
    const plain = (await admitted(stage, 1, g0)).refresh();
    await stage.clock.settle();
    expect(stage.presentations[1]?.organizationId).toBeNull();
    await stage.presentations[1]?.issue();
    expect((await plain).kind).toBe("rotated");
  });
});

test("naive: every request redeems for itself", async () => {
  const stage = openStage({ strategy: naive });
  await refreshing(stage, 1, g0);
  await refreshing(stage, 1, g0);
  expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0", "rt_0"]);
});

describe("single-flight", () => {
  test("requests with the same refresh token share one redemption while it is in flight", async () => {
    const stage = openStage({ strategy: singleFlight });
    const both = [await refreshing(stage, 1, g0), await refreshing(stage, 1, { ...g0 })];
    expect(stage.presentations).toHaveLength(1);
    await stage.presentations[0]?.issue();
    for (const { outcome } of both) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
  });

  test("requests with different refresh tokens do not wait for each other", async () => {
    const stage = openStage({ strategy: singleFlight });
    await refreshing(stage, 1, g0);
    await refreshing(stage, 1, generation(0, { refreshToken: "rt_b" }));
    expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0", "rt_b"]);
  });

  test("its known gap: after the flight has settled, and in another isolate, the same token is redeemed again", async () => {
    const stage = openStage({ strategy: singleFlight });
    await rotate(stage, 1, g0);
    await refreshing(stage, 1, g0);
    await refreshing(stage, 2, g0);
    expect(stage.presentations.map(({ token }) => token)).toEqual(["rt_0", "rt_0", "rt_0"]);
  });

  test("a flight that fails does not hold up later ones", async () => {
    let calls = 0;
    const strategy = singleFlight({
      redeem: async () => {
        calls++;
        throw new Error("crashed");
      },
      policy: refreshPolicy(null),
    });
    for (const _ of [1, 2]) {
      const admission = await strategy.admit(g0);
      if (admission.kind === "admitted") await expect(admission.refresh()).rejects.toThrow("crashed");
    }
    expect(calls).toBe(2);
  });
});

describe("server-session", () => {
  test("gives the browser a cookie without tokens, and finds them in the store on every isolate", async () => {
    const stage = openStage({ strategy: serverSession });
    const cookie = stage.isolate(1).cookieOf(g0);
    expect(hasTokens(cookie)).toBe(false);
    expect(cookie).toEqual(referenceTo(g0));
    expect(await stage.isolate(2).admit(cookie)).toMatchObject({ kind: "signed-out", reason: "session_unknown" });
    expect(await stage.isolate(1).begin(g0)).toEqual({ kind: "begun" });
    expect(await admitted(stage, 2, cookie)).toMatchObject({ session: g0, adopted: false });
    expect(await dump(stage.store)).not.toMatch(/rt_|at_/);
  });

  test("refreshes once among all isolates, and an older cookie is replaced", async () => {
    const stage = openStage({ strategy: serverSession });
    await stage.isolate(1).begin(g0);
    const cookie = referenceTo(g0);
    const flights = [await refreshing(stage, 1, cookie), await refreshing(stage, 2, cookie)];
    expect(stage.presentations).toHaveLength(1);
    await stage.presentations[0]?.issue();
    for (const { outcome } of flights) expect(await outcome).toEqual({ kind: "rotated", session: generation(1) });
    expect(await admitted(stage, 3, cookie)).toMatchObject({ session: generation(1), adopted: true });
  });

  test("finds out a stolen cookie and ends for good, like the ledger", async () => {
    const stage = openStage({ strategy: serverSession });
    await stage.isolate(1).begin(g0);
    await rotate(stage, 1, referenceTo(g0));
    await admitted(stage, 1, referenceTo(generation(1)));
    await stage.clock.advance(60_000);
    expect(await stage.isolate(2).admit(referenceTo(g0))).toMatchObject({ kind: "signed-out", reason: "cookie_stolen" });
    expect(await stage.isolate(1).admit(referenceTo(generation(1)))).toMatchObject({ kind: "signed-out", reason: "cookie_stolen" });
    expect(stage.revoked).toEqual(["rt_1"]);
  });

  test("a rejected generation is served to its end and then signed out", async () => {
    const stage = openStage({ strategy: serverSession });
    await stage.isolate(1).begin(g0);
    const { outcome } = await refreshing(stage, 1, referenceTo(g0));
    await stage.presentations[0]?.answer(REJECTED);
    expect(await outcome).toMatchObject({ kind: "signed-out", reason: "refresh_rejected" });
    const again = await admitted(stage, 2, referenceTo(g0));
    expect(again.session).toEqual(g0);
    expect(await again.refresh()).toMatchObject({ kind: "signed-out", reason: "refresh_rejected" });
    expect(stage.presentations).toHaveLength(1);
  });

  test("takes over the cookies of a ledger", async () => {
    const stage = openStage({ strategy: serverSession });
    expect(await admitted(stage, 1, g0)).toMatchObject({ session: g0, adopted: false });
    const rotated = await rotate(stage, 1, g0);
    expect(stage.isolate(1).cookieOf(rotated)).toEqual(referenceTo(generation(1)));
  });

  test("does not begin without the store", async () => {
    const stage = openStage({ strategy: serverSession });
    stage.failStore(1);
    expect(await stage.isolate(1).begin(g0)).toMatchObject({ kind: "unavailable", retryAfter: null });
  });

  test("the ledger begins without a statement: the cookie says it all", async () => {
    const stage = openStage({ strategy: ledger });
    expect(stage.isolate(1).cookieOf(g0)).toBe(g0);
    expect(await stage.isolate(1).begin(g0)).toEqual({ kind: "begun" });
    expect(stage.statements).toEqual([]);
  });
});
