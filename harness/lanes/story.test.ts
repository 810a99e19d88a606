import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Act, Story } from "../model/story.ts";
import { runCell } from "./cell.ts";
import { decodeReplay } from "./replay-string.ts";
import { storyScenario } from "./story.ts";

const OVER = 101;

function load(who: Act["who"], after: number, tabs = 1): Act {
  return { who, after, does: "load", tabs };
}

async function play(story: Story, change: Partial<CellSpec> = {}) {
  const cell = await cellOf(
    { scenario: "story", story, explore: "fifo", strategy: "ledger", ...change },
    { scenario: storyScenario(story) },
  );
  return runCell(cell);
}

/** When who loaded a page, in hundredths of a lifetime, as the network saw it. */
async function loads(story: Story) {
  // What breaks in the very first refresh shows all steps before it.
  const { counterexample } = await play(
    { ...story, acts: [...story.acts, load("ada", OVER, 2)] },
    { strategy: "naive", profile: "better-auth" },
  );
  return (counterexample ?? [])
    .filter(({ label }) => /^GET \/ for \S+\/load-/.test(label))
    .map(({ at, label }) => [Math.round(at / 10 / story.lifetime), /for (\S+)/.exec(label)?.[1]]);
}

describe("a story", () => {
  it("plays at once what comes after 0, and the rest in its time", async () => {
    const acts = [load("ada", 0), load("ben", 0), load("ben", 20, 2), load("ada", 0), load("ada", 30)];
    expect(await loads({ lifetime: 600, acts })).toEqual([
      [0, "ada/load-1"],
      [0, "ben/load-1"],
      [20, "ben/load-2"],
      [20, "ben/load-3"],
      [20, "ada/load-2"],
      [50, "ada/load-3"],
      [151, "ada/load-4"],
      [151, "ada/load-5"],
    ]);
  });

  it("has the lifetime that it says", async () => {
    const acts = [load("ada", 0), load("ada", 90)];
    for (const lifetime of [60, 3_600])
      expect((await loads({ lifetime, acts })).slice(0, 2)).toEqual([
        [0, "ada/load-1"],
        [90, "ada/load-2"],
      ]);
  });

  it("shows something even if nothing happens in it: everybody refreshes at its end", async () => {
    const { result } = await play({ lifetime: 300, acts: [] });
    expect(result).toMatchObject({ scenario: "story", verdict: "holds", error: null });
  });

  it("lets an administrator end a session by right, and whoever is signed out sign in again", async () => {
    const acts: Act[] = [load("ada", OVER, 2), { who: "ada", after: 0, does: "be signed out" }, load("ada", OVER), load("ben", 0)];
    expect((await play({ lifetime: 300, acts })).result).toMatchObject({ verdict: "holds", error: null });
  });

  it("lets somebody sign in who is signed in", async () => {
    const acts: Act[] = [load("ada", 0), { who: "ada", after: 0, does: "sign in" }, load("ada", 0, 2), load("ada", OVER, 3)];
    expect((await play({ lifetime: 300, acts })).result).toMatchObject({ verdict: "holds", error: null });
  });

  it("stands in the string that plays it again", async () => {
    const story: Story = { lifetime: 90, acts: [load("ben", OVER, 2)] };
    const { result } = await play(story, { strategy: "naive", profile: "better-auth" });
    expect(result).toMatchObject({ verdict: "violated", story });
    expect(decodeReplay(result.violations[0]?.replay ?? "").spec).toMatchObject({ scenario: "story", story });
  });
});
