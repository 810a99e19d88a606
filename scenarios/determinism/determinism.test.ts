import { describe, expect, it } from "vitest";
import { BUILT_IN_TARGETS } from "../../harness/targets/index.ts";
import { compareProcesses } from "./compare.ts";

/** As often as it takes for every profile to meet faults, moves of the clock, and crypto in any order. `npm run determinism` has more. */
const SEEDS = 16;
const REPLAYS = 5;

describe("schedules of each target, third-party code included, in two processes", () => {
  it("give the same trace, byte for byte, at every replay", { timeout: 240_000 }, async () => {
    const comparisons = await compareProcesses(SEEDS, REPLAYS);

    const targets = new Set(comparisons.map(({ name }) => name.split(" ")[0]));
    expect([...targets]).toEqual([...BUILT_IN_TARGETS.keys(), "fixtures/targets/naive.ts"]);
    for (const { name, seeds, divergences, distinct } of comparisons) {
      expect(divergences, name).toEqual([]);
      expect(seeds).toBe(SEEDS);
      // Different seeds go different ways; equal hashes everywhere would mean that nothing was hashed.
      expect(distinct, name).toBe(SEEDS);
    }
  });
});
