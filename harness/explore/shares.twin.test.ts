import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exhaustive, searchShare } from "./exhaustive.ts";
import type { Coverage } from "./explorer.ts";
import { SharedGraph } from "./shared-graph.ts";
import { type Reliance, type Seen, type SmallProgram, searchOfProgram, smallPrograms } from "./small-programs.testing.ts";

const BUDGET = 100_000;
const RELIANCE: Reliance = { memory: "declared", symmetry: true, footprints: "known" };

/**
 * The same search in shares: as many workers as `teams` take branches at a time, without hearing of each other before all of them have
 * handed in what they know; each gives back after a few runs what it has not done.
 */
async function shared(program: SmallProgram, teams: number, runs: number): Promise<{ coverage: Coverage; seen: Seen; shares: number }> {
  const search = searchOfProgram(program, RELIANCE, BUDGET);
  const graph = new SharedGraph();
  let left: (readonly number[])[] = [[]];
  let [start, shares] = [null as string | null, 0];
  while (left.length > 0) {
    const rest: (readonly number[])[] = [];
    const known = graph.keys;
    const each = Math.ceil(left.length / teams);
    const results = [];
    for (let at = 0; at < left.length; at += each) {
      let asked = 0;
      const share = { branches: left.slice(at, at + each), known };
      const result = await searchShare({ ...search, schedules: BUDGET }, share, () => asked++ >= runs);
      results.push(result);
      shares++;
    }
    for (const result of results) {
      // As it comes back from a database.
      graph.add(JSON.parse(JSON.stringify(result.states)));
      start ??= result.start;
      rest.push(...result.left);
    }
    left = rest;
  }
  return { coverage: graph.coverage(start, 0), seen: search.seen, shares };
}

const sorted = (texts: ReadonlySet<string>) => [...texts].sort();

describe("an exhaustive search in shares", () => {
  it("has the states, the transitions, the ends and the violations of one search, whoever does what", async () => {
    const sums = { shares: 0, states: 0 };
    await fc.assert(
      fc.asyncProperty(smallPrograms, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }), async (program, teams, runs) => {
        const search = searchOfProgram(program, RELIANCE, BUDGET);
        const whole = await exhaustive.search(search);
        const { coverage, seen, shares } = await shared(program, teams, runs);
        expect({ ...coverage, depth: 0 }).toEqual({ ...whole, depth: 0 });
        expect(sorted(seen.ends)).toEqual(sorted(search.seen.ends));
        expect(sorted(seen.violations)).toEqual(sorted(search.seen.violations));
        sums.shares += shares;
        sums.states += coverage.states;
      }),
      { seed: 1, numRuns: 200 },
    );
    // Otherwise nothing was shared.
    expect(sums.shares).toBeGreaterThan(1_000);
    expect(sums.states).toBeGreaterThan(2_000);
  }, 120_000);

  it("is not complete while a share is missing", async () => {
    const [program] = fc.sample(smallPrograms, { seed: 3, numRuns: 1 }) as [SmallProgram];
    const search = searchOfProgram(program, RELIANCE, BUDGET);
    let asked = 0;
    const { states, start, left } = await searchShare(search, { branches: [[]], known: new Set() }, () => asked++ >= 1);
    const graph = new SharedGraph();
    graph.add(states);
    expect(left.length).toBeGreaterThan(0);
    expect(graph.coverage(start, 0)).toMatchObject({ complete: false, interleavings: null });
    expect(graph.coverage(null, 0).complete).toBe(false);
  });
});
