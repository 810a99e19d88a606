import fc from "fast-check";
import { explore } from "holdfast";
import { type StoryCell, type StoryCellConstraints, storyCells } from "holdfast/fast-check";
import { expect, test } from "holdfast/vitest";
import { describe } from "vitest";

/** How many stories all of this plays; more in `HOLDFAST_STORIES=2000 npx vitest run scenarios/stories.test.ts`. */
const STORIES = Number(process.env.HOLDFAST_STORIES ?? 40);
const SEED = Number(process.env.HOLDFAST_SEED ?? 1);
/** Orders of events of each story. */
const SCHEDULES = 3;

const COORDINATED = ["ledger", "server-session"] as const;
const PROFILES = ["workos", "better-auth", "zitadel", "logto"] as const;
const clients = COORDINATED.flatMap((strategy) => PROFILES.map((profile) => ({ strategy, profile })));

describe("stories of two people, on several isolates and with every fault", () => {
  test.each(clients)("are no false alarm for $strategy under $profile", { timeout: 0 }, async ({ strategy, profile }) => {
    const counts = { holds: 0, "cannot-be-had": 0 };
    const property = fc.asyncProperty(storyCells(), async (cell) => {
      const report = await explore({ ...cell, target: "reference", strategy, profile, schedules: SCHEDULES });
      // A session that a fault has put beyond the reach of every client is nobody's bug.
      if (report.verdict === "cannot-be-had") counts["cannot-be-had"]++;
      else {
        expect(report).toHold();
        counts.holds++;
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(STORIES / clients.length), seed: SEED });
    expect(counts.holds).toBeGreaterThan(counts["cannot-be-had"]);
  });

  test.each(["naive", "single-flight"])("catch %s, and shrink to somebody who loads two pages at once", async (strategy) => {
    const cell = await caught({ faults: [], maxIsolates: 1 }, strategy);
    expect(cell).toMatchObject({ isolates: 1, faults: {}, timeSteps: 0 });
    const { acts } = cell.scenario;
    expect(acts.every(({ does, who }) => does === "load" && who === acts[0]?.who)).toBe(true);
    expect(acts.reduce((tabs, act) => tabs + (act.does === "load" ? act.tabs : 0), 0)).toBe(2);
  });
});

/** The smallest story that a strategy loses a session in. */
async function caught(constraints: StoryCellConstraints, strategy: string): Promise<StoryCell> {
  const property = fc.asyncProperty(storyCells(constraints), async (cell) => {
    const report = await explore({ ...cell, target: "reference", strategy, profile: "better-auth", schedules: SCHEDULES, shrink: false });
    expect(report).toHold();
  });
  const { counterexample, errorInstance } = await fc.check(property, { numRuns: 50, seed: SEED });
  if (counterexample === null) throw new Error("expected a story in which a session is lost, and found none");
  // fast-check says the story, and Holdfast what happened in it.
  expect(String(errorInstance)).toContain("expected every invariant to hold, but no-spurious-logout is violated");
  return counterexample[0];
}
