import fc from "fast-check";
import { type Act, explore, replay, type Story } from "holdfast";
import { ACTS, type StoryCell, stories, storyCells } from "holdfast/fast-check";
import { describe, expect, it } from "vitest";
import { storySchema } from "../lanes/story-schema.ts";

const sampled = { numRuns: 300, seed: 1 } as const;

/** The smallest cell that a property about it fails for. */
function smallest(fails: (cell: StoryCell) => boolean): StoryCell | undefined {
  return fc.check(
    fc.property(storyCells(), (cell) => !fails(cell)),
    { seed: 3, numRuns: 2_000 },
  ).counterexample?.[0];
}

describe("a generated story", () => {
  it("is plain data, such as a replay string takes", () => {
    for (const story of fc.sample(stories(), sampled)) {
      expect(JSON.parse(JSON.stringify(story))).toEqual(story);
      expect(storySchema.parse(story)).toEqual(story);
    }
  });

  it("stays within its constraints", () => {
    const cells = fc.sample(
      storyCells({ maxActs: 2, maxTabs: 1, does: ["load"], maxIsolates: 2, faults: ["issuer-503"], maxTimeSteps: 1 }),
      sampled,
    );
    const { acts } = { acts: cells.flatMap(({ scenario }) => scenario.acts) };
    expect(Math.max(...cells.map(({ scenario }) => scenario.acts.length))).toBe(2);
    expect(new Set(acts.map(({ does }) => does))).toEqual(new Set(["load"]));
    expect(new Set(acts.map((act) => (act.does === "load" ? act.tabs : 0)))).toEqual(new Set([1]));
    expect(new Set(cells.map(({ isolates }) => isolates))).toEqual(new Set([1, 2]));
    expect(new Set(cells.flatMap(({ faults }) => Object.keys(faults)))).toEqual(new Set(["issuer-503"]));
    expect(new Set(cells.map(({ timeSteps }) => timeSteps))).toEqual(new Set([0, 1]));
  });

  it("has no faults where none may happen", () => {
    for (const { faults } of fc.sample(storyCells({ faults: [] }), 20)) expect(faults).toEqual({});
  });

  it("comes in all kinds, and is a race for a refresh often enough", () => {
    const cells = fc.sample(storyCells(), sampled);
    const acts = cells.flatMap(({ scenario }) => scenario.acts);
    expect(new Set(acts.map(({ does }) => does))).toEqual(
      new Set<Act["does"]>(["load", "reload", "leave", "sleep", "sign in", "be signed out"]),
    );
    const all = fc.sample(storyCells({ does: ACTS }), sampled).flatMap(({ scenario }) => scenario.acts);
    expect(new Set(all.map(({ does }) => does))).toEqual(new Set(ACTS));
    expect(new Set(acts.map(({ who }) => who))).toEqual(new Set(["ada", "ben"]));
    expect(cells.filter(({ scenario }) => races(scenario)).length).toBeGreaterThan(sampled.numRuns / 3);
  });

  it("shrinks to fewer acts first, and then to smaller numbers", () => {
    const cell = smallest(({ scenario }) => scenario.acts.some((act) => act.who === "ben" && act.does === "load" && act.tabs >= 2));
    expect(cell).toEqual({
      scenario: { acts: [{ who: "ben", after: 0, does: "load", tabs: 2 }], lifetime: 60 },
      isolates: 1,
      faults: {},
      timeSteps: 0,
      seed: expect.any(Number),
    });
  });

  it("keeps what it needs, and the seed, when it shrinks", () => {
    const cell = smallest(({ scenario, faults, isolates }) => races(scenario) && isolates === 2 && (faults["issuer-503"] ?? 0) > 0);
    expect(cell?.scenario.acts).toEqual([{ who: "ada", after: 101, does: "load", tabs: 2 }]);
    expect(cell).toMatchObject({ isolates: 2, faults: { "issuer-503": 1 } });
  });
});

describe("explore", () => {
  const story: Story = { acts: [{ who: "ada", after: 101, does: "load", tabs: 2 }], lifetime: 60 };
  const cell = { scenario: story, isolates: 1, faults: {}, timeSteps: 0, seed: 1, target: "reference", profile: "better-auth" } as const;

  it("takes what is generated as it is, and one line plays its counterexample again", async () => {
    const report = await explore({ ...cell, strategy: "naive" });
    expect(report).toMatchObject({ verdict: "violated", scenario: "story", own: [] });
    expect(await replay(report.violations[0]?.replay ?? "")).toMatchObject({ verdict: "violated", scenario: "story", departure: null });
    expect(await explore({ ...cell, strategy: "ledger", schedules: 10 })).toMatchObject({ verdict: "holds" });
  });

  it.each<[string, object, string]>([
    ["nobody", { acts: [{ ...story.acts[0], who: "eve" }] }, "expected acts.0.who of the story to be"],
    ["half a lifetime", { lifetime: 0.5 }, "expected lifetime of the story to be"],
    ["an act that nobody knows", { acts: [{ who: "ada", after: 0, does: "sing" }] }, "expected acts.0.does of the story to be"],
  ])("refuses a story of %s", async (_, change, message) => {
    const scenario = { ...story, ...change } as Story;
    await expect(explore({ ...cell, scenario })).rejects.toMatchObject({ code: "BAD_USAGE", message: expect.stringContaining(message) });
  });
});

/** Whether somebody loads two pages at once when her access token is just over. */
function races({ acts }: Story): boolean {
  return acts.some((act) => act.does === "load" && act.after === 101 && act.tabs >= 2);
}
