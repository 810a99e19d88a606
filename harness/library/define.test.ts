import { defineScenario, defineTarget, explore, type Target } from "holdfast";
import { describe, expect, it } from "vitest";
import naive from "../../fixtures/targets/naive.ts";

const { create, classify } = naive;

describe("defineTarget", () => {
  it("fills in what may be left out, and keeps the rest", () => {
    expect(defineTarget({ name: "shop", create, classify })).toEqual({
      name: "shop",
      describe: "",
      strategies: ["default"],
      promises: {},
      create,
      classify,
    });
    const own = {
      name: "shop",
      describe: "a shop",
      strategies: ["a", "b"],
      promises: { b: ["no-token-reuse"] },
      create,
      classify,
    } as const;
    expect(defineTarget(own)).toEqual(own);
  });

  it.each<[string, object, string]>([
    ["no name", { name: undefined }, "expected name of the target to be a name, got nothing"],
    [
      "a name that could be a path",
      { name: "./shop.ts" },
      'expected name of the target "./shop.ts" to be a name of letters, digits, - and _',
    ],
    ["no strategy", { strategies: [] }, "to be a list of at least one name, got []"],
    [
      "a promise that nobody checks",
      { promises: { default: ["peace"] } },
      'expected promises.default.0 of the target "shop" to be one of the',
    ],
    ["no create", { create: undefined }, 'expected create of the target "shop" to be a function that returns { fetch }'],
    ["no classify", { classify: "200" }, 'to be a function that says what an answer means, got "200"'],
  ])("refuses %s", (_, change, message) => {
    const definition = { name: "shop", create, classify, ...change } as Target;
    expect(() => defineTarget(definition)).toThrow(
      expect.objectContaining({ code: "BAD_TARGET", message: expect.stringContaining(message) }),
    );
  });
});

describe("defineScenario", () => {
  const play = async () => {};

  it("fills in what may be left out, and keeps the rest", () => {
    const { invariants, ...rest } = defineScenario({ name: "mine", mustReach: ["x"], play });
    expect(rest).toEqual({
      name: "mine",
      describe: "",
      defaults: { loads: 2, isolates: 1, page: "request" },
      mustReach: ["x"],
      play,
    });
    expect(invariants).toContain("no-spurious-logout");
    expect(invariants).not.toContain("no-token-reuse");
    expect(defineScenario({ name: "mine", defaults: { isolates: 3 }, mustReach: ["x"], play }).defaults.isolates).toBe(3);
    expect(defineScenario({ name: "mine", loadsAreAlike: true, mustReach: ["x"], play }).loadsAreAlike).toBe(true);
  });

  it("is played, and must reach what it says", async () => {
    const scenario = defineScenario({
      name: "one-person",
      mustReach: ["she is still there"],
      async play({ browsers: [ada], accessTokenLifetime, now, until, reach }) {
        await ada.signIn();
        await until(now() + accessTokenLifetime + 1_000);
        if ((await ada.load()) === "signed-in") reach("she is still there");
      },
    });
    const cell = { scenario, profile: "zitadel", explore: "fifo" } as const;
    expect(await explore({ ...cell, target: naive })).toMatchObject({
      verdict: "holds",
      scenario: "one-person",
      own: ["scenario", "target"],
    });
    const never = { ...scenario, name: "nobody", play: async () => {} };
    expect(await explore({ ...cell, scenario: never, target: naive })).toMatchObject({ verdict: "error", error: { code: "VACUOUS" } });
  });

  it.each<[string, object, string]>([
    ["no name", { name: undefined }, "expected name of the scenario to be a name, got nothing"],
    ["a name of several words", { name: "my scenario" }, 'to be a name of letters, digits and -, got "my scenario"'],
    ["nothing to reach", { mustReach: [] }, "to be a list of at least one mark that play reaches, got []"],
    ["an invariant that does not exist", { invariants: ["peace"] }, "expected invariants.0 of the scenario to be one of the invariants"],
    [
      "too many loads",
      { defaults: { loads: 2_000 } },
      "expected defaults.loads of the scenario to be a whole number from 1 to 1000, got 2000",
    ],
    ["a default that does not exist", { defaults: { tabs: 2 } }, 'expected one of loads, isolates, page, got "tabs"'],
    [
      "something that does not exist",
      { reaches: ["x"] },
      'expected one of name, describe, defaults, invariants, mustReach, loadsAreAlike, needs, accessTokenLifetime, play, got "reaches"',
    ],
    ["no play", { play: undefined }, "expected play of the scenario to be a function of the stage, got nothing"],
  ])("refuses %s", (_, change, message) => {
    const definition = { name: "mine", mustReach: ["x"], play, ...change } as Parameters<typeof defineScenario>[0];
    expect(() => defineScenario(definition)).toThrow(
      expect.objectContaining({ code: "BAD_USAGE", message: expect.stringContaining(message) }),
    );
  });
});
