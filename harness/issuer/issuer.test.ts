import { describe, expect, test } from "vitest";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { HoldfastError } from "../model/error.ts";
import { bench, START } from "./issuer.testing.ts";
import { profiles } from "./profiles.ts";
import { CODE_LIFETIME } from "./state/codes.ts";

describe("a redemption", () => {
  test("the state has changed before the signature is there", async () => {
    const world = bench();
    const { refresh } = await world.signIn();
    const pending = world.refresh(refresh);
    while (!world.events.some((event) => event.type === "token-redeemed")) await Promise.resolve();

    expect(world.summary()).toBe("F1: g0 grace, g1 live");
    expect([...world.names.values()]).not.toContain("AT F1.g1");
    expect((await pending).status).toBe(200);
    expect([...world.names.values()]).toContain("AT F1.g1");
  });
});

describe("deadlines", () => {
  test("are the ends of open graces and the expiry of codes, ascending, and gone when they have come", async () => {
    const world = bench();
    const { refresh } = await world.signIn();
    expect(world.issuer.deadlines()).toEqual([]);

    await world.refresh(refresh);
    world.advance(1_000);
    await world.code();
    expect(world.issuer.deadlines()).toEqual([START + 30_000, START + 1_000 + CODE_LIFETIME]);

    world.advance(29_000);
    expect(world.issuer.deadlines()).toEqual([START + 1_000 + CODE_LIFETIME]);
    world.advance(CODE_LIFETIME - 29_000);
    expect(world.issuer.deadlines()).toEqual([]);
  });

  test("do not count for a session that has ended", async () => {
    const world = bench();
    await world.refresh((await world.signIn()).refresh);
    world.issuer.control.revoke({ user: "user_ada" }, "admin");
    expect(world.issuer.deadlines()).toEqual([]);
  });

  test("name one moment once", async () => {
    const world = bench();
    const [one, two] = [await world.signIn(), await world.signIn()];
    await Promise.all([world.refresh(one.refresh), world.refresh(two.refresh)]);
    expect(world.issuer.deadlines()).toEqual([START + 30_000]);
  });
});

describe("state", () => {
  test("is plain JSON that names tokens and holds no secret", async () => {
    const world = bench();
    const { refresh } = await world.signIn();
    await world.refresh(refresh);
    await world.code({ code_challenge: "c".repeat(43), code_challenge_method: "S256" });

    const state = world.issuer.state();

    expect(state).toEqual({
      directory: [
        [
          ["user_ada", "ada@example.test", true],
          ["user_ben", "ben@example.test", true],
        ],
        ...[[], [], []],
      ],
      ...{ magicAuths: [], deviceCodes: [], pendings: [] },
      codes: { issued: 2, live: [["code C2", "user_ada", true, START + CODE_LIFETIME]] },
      sessions: [
        {
          family: "F1",
          user: "user_ada",
          startedAt: START,
          ended: null,
          tokens: [
            ["RT F1.g0", START + 30_000],
            ["RT F1.g1", "live"],
          ],
        },
      ],
      keys: [
        ["test-key-1", "signs", true, null, null, null],
        ["test-key-2", "spare", true, null, null, null],
      ],
    });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    for (const secret of world.names.keys()) expect(JSON.stringify(state)).not.toContain(secret);
  });

  test("does not depend on the bytes of secrets", async () => {
    const play = async (first: number) => {
      let draws = first;
      const world = bench({ randomBytes: (length) => Buffer.from(String(++draws).padStart(length, "0")) });
      await world.refresh((await world.signIn()).refresh);
      return world.issuer.state();
    };
    expect(await play(0)).toEqual(await play(1_000));
  });

  test("forgets when a token was spent once that no longer matters", async () => {
    const stateAfter = async (pause: number) => {
      const world = bench();
      const { refresh } = await world.signIn();
      world.advance(pause);
      await world.refresh(refresh);
      world.advance(60_000 - pause);
      return world.issuer.state();
    };
    expect(await stateAfter(0)).toEqual(await stateAfter(20_000));
    expect(await stateAfter(0)).not.toEqual(await stateAfter(40_000));
  });
});

describe("state under a profile with lifetimes", () => {
  const spentAfter = async (pause: number, later: number) => {
    const world = bench({ profile: profiles["better-auth"] });
    const { refresh } = await world.signIn();
    world.advance(pause);
    await world.refresh(refresh);
    world.advance(later - pause);
    return world;
  };

  test("tells apart what will end at different moments", async () => {
    const [one, other] = [await spentAfter(0, 60_000), await spentAfter(20_000, 60_000)];
    expect(one.issuer.state()).not.toEqual(other.issuer.state());
    const day = 86_400_000;
    const { sessions } = one.issuer.state() as { sessions: { tokens: unknown }[] };
    expect(sessions[0]?.tokens).toEqual([
      ["RT F1.g0", ["spent", START + 30 * day]],
      ["RT F1.g1", ["live", START + 30 * day]],
    ]);
  });

  test("says when a token is over, and names its end as a deadline until then", async () => {
    const world = await spentAfter(0, 0);
    const day = 86_400_000;
    expect(world.issuer.deadlines()).toEqual([START + 30 * day]);
    world.advance(30 * day);
    expect(world.summary()).toBe("F1: g0 expired, g1 expired");
    expect(world.issuer.deadlines()).toEqual([]);
  });
});

describe("revoking a user", () => {
  test("ends every live session of one user, each once, with the cause given", async () => {
    const world = bench();
    await world.signIn();
    await world.signIn("ben@example.test");
    await world.signIn();
    world.events.length = 0;

    world.issuer.control.revoke({ user: "user_ada" }, "expiry");
    world.issuer.control.revoke({ user: "user_ada" }, "admin");

    expect(world.events).toMatchObject([
      { type: "session-ended", user: "user_ada", family: "F1", cause: "expiry" },
      { type: "session-ended", user: "user_ada", family: "F3", cause: "expiry" },
    ]);
    expect(world.summary()).toBe("F1 ended (expiry) | F2: g0 live | F3 ended (expiry)");
  });

  test("refuses a user whom it does not know", () => {
    const message = expect.objectContaining({ code: "BAD_USAGE", message: 'expected a user of this issuer, got "user_eve"' });
    expect(() => bench().issuer.control.revoke({ user: "user_eve" }, "admin")).toThrow(message);
  });
});

describe("an issuer that cannot work says so", () => {
  const badUsage = expect.objectContaining({ code: "BAD_USAGE" });

  test("without a key", () => {
    expect(() => bench({ keys: [] })).toThrow(badUsage);
  });

  test("two clients of one id, or one with the id of the WorkOS client", () => {
    const client = (id: string) => ({ id, secret: null, redirectUris: null, postLogoutRedirectUris: null });
    for (const clients of [[client("a"), client("a")], [client("client_test")]]) {
      expect(() => bench({ clients })).toThrow('expected clients of different ids, none of them "client_test"');
    }
  });

  test.each([0, 300, Number.NaN])("with a lifetime of %d ms", (accessTokenLifetime) => {
    expect(() => bench({ accessTokenLifetime })).toThrow(badUsage);
  });

  test("with a key that is no RSA key", async () => {
    const keys = [{ kid: "k", privateJwk: { kty: "oct", k: "c2VjcmV0" } }, ...signingKeys];
    await expect(bench({ keys }).signIn()).rejects.toThrow(HoldfastError);
  });

  test("with random bytes that repeat", async () => {
    const world = bench({ randomBytes: (length) => new Uint8Array(length) });
    await world.code();
    await expect(world.code()).rejects.toThrow(badUsage);
  });

  test("but no two issuers share anything", async () => {
    const [one, two] = [bench(), bench()];
    const { refresh } = await one.signIn();
    expect((await two.refresh(refresh)).body.error_description).toBe("Invalid refresh token.");
  });
});
