import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { bench, START } from "../issuer.testing.ts";
import { profiles } from "../profiles.ts";

const acme = { id: "org_acme", slug: "acme", name: "Acme" };
const member = { userId: "user_ada", organizationId: "org_acme", role: "admin" };

describe("ending", () => {
  test.each([
    [{ family: "F1" }, "F1 ended (admin) | F2: g0 live | F3: g0 live"],
    [{ session: "session_01000000000000000000000002" }, "F1: g0 live | F2 ended (admin) | F3: g0 live"],
    [{ user: "user_ada" }, "F1 ended (admin) | F2 ended (admin) | F3: g0 live"],
    [{ user: "user_ben", client: "client_test" }, "F1: g0 live | F2: g0 live | F3 ended (admin)"],
  ])("of %j ends just that", async (ending, summary) => {
    const world = bench();
    for (const email of ["ada@example.test", "ada@example.test", "ben@example.test"]) await world.signIn(email);
    world.issuer.control.revoke(ending);
    expect(world.summary()).toBe(summary);
  });

  test("what there is not is refused", () => {
    const { control } = bench().issuer;
    expect(() => control.revoke({ family: "F7" })).toThrow('expected a family of this issuer, got "F7"');
    expect(() => control.expire({ session: "session_9" })).toThrow('expected a session of this issuer, got "session_9"');
    expect(() => control.steal("F7")).toThrow("expected a family of this issuer");
  });

  test("by its own end is told as such", async () => {
    const world = bench();
    await world.signIn();
    world.issuer.control.expire({ family: "F1" });
    expect(world.summary()).toBe("F1 ended (expiry)");
  });
});

describe("theft", () => {
  test("hands out the live token, which the thief can redeem like anybody", async () => {
    const world = bench({ profile: profiles["better-auth"] });
    const { refresh } = await world.signIn();
    const owner = (await world.refresh(refresh)).body.refresh_token;
    const stolen = world.issuer.control.steal("F1");
    expect(stolen).toEqual({ name: "RT F1.g1", refreshToken: owner });
    expect((await world.refresh(stolen.refreshToken)).status).toBe(200);
    expect((await world.refresh(owner)).status).toBe(400);
    expect(world.summary()).toBe("F1 ended (reuse)");
    expect(() => world.issuer.control.steal("F1")).toThrow("expected a family that lives, got F1");
  });
});

test("the access tokens of a family can end before their time", async () => {
  const world = bench();
  const { refresh } = await world.signIn();
  await world.refresh(refresh);
  expect(world.issuer.control.expireAccessTokens("F1")).toBe(2);
  expect(world.issuer.control.expireAccessTokens("F1")).toBe(0);
});

describe("the directory", () => {
  test("can change a user's email, which the state and the next token say", async () => {
    const world = bench({ customClaims: ["email"] });
    const { refresh } = await world.signIn();
    const before = world.issuer.state();
    world.advance(1_000);
    world.issuer.control.changeUser("user_ada", { email: "countess@example.test" });
    expect(world.issuer.state()).not.toEqual(before);
    const { user, access_token } = (await world.refresh(refresh)).body;
    expect(user).toMatchObject({ email: "countess@example.test", updated_at: new Date(START + 1_000).toISOString() });
    expect(decodeJwt(access_token).email).toBe("countess@example.test");
  });

  test("has each email once", () => {
    const { control } = bench().issuer;
    expect(() => control.changeUser("user_ada", { email: "BEN@example.test" })).toThrow(
      "expected an email that nobody has, got that of user_ben",
    );
    expect(() => control.changeUser("user_eve", {})).toThrow("expected a user of this issuer");
    control.changeUser("user_ada", { email: "ADA@example.test" });
  });

  test("can change memberships, which the state and the next token say", async () => {
    const world = bench({ organizations: [acme], customClaims: ["organizations"] });
    const { refresh } = await world.signIn();
    world.issuer.control.putMembership(member);
    expect(world.issuer.state()).toMatchObject({ directory: [expect.anything(), [["user_ada", "org_acme", "admin"]]] });
    const token = (await world.refresh(refresh)).body;
    expect(decodeJwt(token.access_token).organizations).toEqual([{ ...acme, role: "admin" }]);
    world.issuer.control.removeMembership("user_ada", "org_acme");
    expect(decodeJwt((await world.refresh(token.refresh_token)).body.access_token).organizations).toEqual([]);
  });

  test("has no membership of what there is not", () => {
    const { control } = bench({ organizations: [acme] }).issuer;
    expect(() => control.putMembership({ ...member, organizationId: "org_9" })).toThrow("expected an organization of this issuer");
    expect(() => control.putMembership({ ...member, userId: "user_9" })).toThrow("expected a user of this issuer");
    expect(() => control.removeMembership("user_ada", "org_acme")).toThrow("expected an organization of user_ada");
  });
});

describe("the family tree", () => {
  test("names every token and its siblings, and what has become of them", async () => {
    const world = bench({ profile: profiles.logto });
    const { refresh } = await world.signIn();
    await world.refresh(refresh);
    const sibling = (await world.refresh(refresh)).body.refresh_token;
    await world.refresh(sibling);
    await world.signIn("ben@example.test");

    expect(world.issuer.control.familiesText()).toBe(
      [
        "F1  user_ada  client_test  session_01000000000000000000000001  live",
        "  F1.g0 spent, replayed 1×",
        "  └ F1.g1 live",
        "  └ F1.g1b spent",
        "    F1.g2 live",
        "F2  user_ben  client_test  session_01000000000000000000000002  live",
        "  F2.g0 live",
        "",
      ].join("\n"),
    );
    expect(world.issuer.control.families()[0]).toMatchObject({ family: "F1", tokens: [{ name: "RT F1.g0", spentAt: START, replays: 1 }] });
  });

  test("of a long chain shows its end", async () => {
    const world = bench();
    let { refresh } = await world.signIn();
    for (let index = 0; index < 20; index++) refresh = (await world.refresh(refresh)).body.refresh_token;
    const text = world.issuer.control.familiesText();
    expect(text).toContain("… 9 generations before");
    expect(text.split("\n")).toHaveLength(15);
  });
});
