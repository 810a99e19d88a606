import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type ExploreOptions, explore, HoldfastError, replay } from "holdfast";
import { profiles } from "holdfast/issuer";
import { describe, expect, it } from "vitest";
import naive from "../../fixtures/targets/naive.ts";
import { pageLoadsAtExpiry } from "../../scenarios/page-loads-at-expiry.ts";

const NAIVE = "fixtures/targets/naive.ts";
const small = { profile: "better-auth", loads: 3, schedules: 20 } as const;

describe("explore", () => {
  it("says what came of a cell, with its bound, and of a violation why and how to play it again", async () => {
    const held = await explore({ ...small, target: "reference" });
    expect(held).toMatchObject({
      verdict: "holds",
      completeness: "bounded",
      bound: "20 schedules",
      violations: [],
      counterexample: null,
      own: [],
    });
    const broken = await explore({ ...small, target: NAIVE });
    expect(broken).toMatchObject({ verdict: "violated", target: "naive-example", violations: [{ invariant: "no-spurious-logout" }] });
    expect(broken.violations[0]?.because.length).toBeGreaterThan(2);
    expect(broken.violations[0]?.replay).toMatch(/^hf1_/);
    expect(broken.counterexample?.length).toBeGreaterThan(10);
  });

  it("proves what it can search in full", async () => {
    const report = await explore({ target: "reference", profile: "zitadel", loads: 2, explore: "exhaustive" });
    expect(report).toMatchObject({ verdict: "holds", completeness: "complete" });
    expect(report.states).toBeGreaterThan(50);
  });

  it("takes a target by path, by URL and as an object, to the same end", async () => {
    const url = pathToFileURL(NAIVE);
    const reports = [
      await explore({ ...small, target: NAIVE }),
      await explore({ ...small, target: url }),
      await explore({ ...small, target: naive }),
    ];
    expect(new Set(reports.map(({ traceHash }) => traceHash)).size).toBe(1);
    expect(reports.map(({ own }) => own)).toEqual([[], [], ["target"]]);
  });

  it("takes a scenario that comes with Holdfast as an object, too", async () => {
    expect(await explore({ ...small, target: "reference", scenario: pageLoadsAtExpiry })).toMatchObject({ verdict: "holds", own: [] });
  });

  it("takes an issuer's policy of one's own, which decides what a race comes to", async () => {
    const lenient = { ...profiles["better-auth"], name: "lenient", grace: profiles.workos.grace };
    const report = await explore({ ...small, target: NAIVE, profile: lenient });
    expect(report).toMatchObject({ verdict: "holds", profile: "lenient", own: ["profile"] });
  });

  it("takes faults as data and as on the command line", async () => {
    const [data, text] = [
      await explore({ ...small, target: "reference", faults: { "issuer-503": 2, "browser-response-lost": 1 } }),
      await explore({ ...small, target: "reference", faults: "issuer-503:2,browser-response-lost" }),
    ];
    expect(data.faults).toBe("issuer-503:2,browser-response-lost:1");
    expect(text.traceHash).toBe(data.traceHash);
  });

  it("runs explorations that are asked for at once one after the other, each as if it were alone", async () => {
    const alone = await explore({ ...small, target: "reference" });
    const together = await Promise.all([1, 2, 3].map(() => explore({ ...small, target: "reference" })));
    expect(together.map(({ traceHash }) => traceHash)).toEqual([1, 2, 3].map(() => alone.traceHash));
  });

  it("goes on after one that was refused", async () => {
    const refused = explore({ ...small, target: "nobody" });
    const next = explore({ ...small, target: "reference" });
    await expect(refused).rejects.toThrow(HoldfastError);
    expect((await next).verdict).toBe("holds");
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "no target",
      { target: undefined },
      "expected target of the options of explore to be a target, its module's URL or path, or its name, got nothing",
    ],
    ["an unknown target", { target: "shop" }, 'expected a target, got "shop"'],
    ["a path to nothing", { target: "./shop.ts" }, "there is no file"],
    ["a URL of no file", { target: new URL("https://shop.test/") }, "expected the URL of a file, got https:"],
    ["an unknown scenario", { scenario: "shopping" }, 'expected a scenario, got "shopping"'],
    ["an unknown profile", { profile: "nobody" }, 'expected a profile, got "nobody"'],
    [
      "a profile under a name that is taken",
      { profile: { ...profiles.workos, lateReuse: "family" } },
      "expected a name of its own for your profile",
    ],
    ["a target under a name that is taken", { target: { ...naive, name: "reference" } }, "expected a name of its own for your target"],
    ["a scenario under a name that is taken", { scenario: { ...pageLoadsAtExpiry } }, "expected a name of its own for your scenario"],
    [
      "a scenario that plays nothing",
      { scenario: { name: "mine", mustReach: ["x"] } },
      "expected play of the scenario to be a function of the stage, got nothing",
    ],
    ["a target that answers nothing", { target: { name: "mine" } }, "a function that returns { fetch }, or a promise of it, got nothing"],
    ["an unknown strategy", { strategy: "hope" }, 'expected a strategy of reference, got "hope"'],
    ["an unknown explorer", { explore: "psychic" }, 'expected an explorer, got "psychic"'],
    ["no isolates", { isolates: 0 }, "expected isolates of the options of explore to be a whole number from 1 to 64, got 0"],
    ["half a load", { loads: 1.5 }, "a whole number from 1 to 1000, got 1.5"],
    ["a page of another kind", { page: "book" }, '"request" or "document", got "book"'],
    ["a fault that does not exist", { faults: { flood: 1 } }, 'isolate-cold-start, got {"flood":1}'],
    ["a fault that does not exist, as text", { faults: "flood" }, 'expected a fault, got "flood"'],
    ["an option that does not exist", { isolate: 2 }, 'got "isolate"'],
  ])("refuses %s, and says what was expected", async (_, change, message) => {
    const options = { ...small, target: "reference", ...change } as ExploreOptions;
    await expect(explore(options)).rejects.toMatchObject({ name: "HoldfastError", message: expect.stringContaining(message) });
  });
});

it("takes no option that docs/library.md does not explain", async () => {
  const refused = await explore({ target: "reference", nonsense: 1 } as ExploreOptions).catch((error: Error) => error.message);
  const options = /one of the options (.*), got "nonsense"/.exec(String(refused))?.[1]?.split(", ") ?? [];
  const table = readFileSync("docs/library.md", "utf8")
    .match(/^\| `.*$/gm)
    ?.join("\n");
  expect(options.length).toBeGreaterThan(10);
  for (const option of options) expect(table).toContain(`\`${option}\``);
});

describe("replay", () => {
  it("plays a recorded run again to the same end", async () => {
    const recorded = await explore({ ...small, target: NAIVE });
    const again = await replay(recorded.violations[0]?.replay ?? "");
    expect(again).toMatchObject({ verdict: "violated", explore: "replay", schedules: 1, violations: recorded.violations });
    expect(again.counterexample).toEqual(recorded.counterexample);
  });

  it("is given again what a string cannot carry, and asks for it", async () => {
    const profile = { ...profiles.zitadel, name: "strict" };
    const recorded = await explore({ ...small, target: naive, profile });
    const text = recorded.violations[0]?.replay ?? "";
    expect(await replay(text, { target: naive, profile })).toMatchObject({ verdict: "violated", own: ["target", "profile"] });
    await expect(replay(text, { profile })).rejects.toThrow('expected a target, got "naive-example"');
    await expect(replay(text, { profile })).rejects.toMatchObject({ hint: expect.stringContaining("replay(text, { target") });
  });

  it("refuses a string that is damaged", async () => {
    await expect(replay("hf1_nothing")).rejects.toMatchObject({ code: "BAD_REPLAY" });
  });
});
