import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exhaustive } from "./exhaustive.ts";
import { type Reliance, type Seen, type SmallProgram, searchOfProgram, smallPrograms } from "./small-programs.testing.ts";

/** Programs that have more schedules than this are left to others. */
const MOST_RUNS = 400;

/** Every schedule one by one, nothing merged; null when there are too many. */
async function naively(program: SmallProgram): Promise<Seen | null> {
  const search = searchOfProgram(program, { memory: "undeclared", symmetry: false, footprints: "unknown" }, MOST_RUNS);
  const next: number[] = [];
  for (;;) {
    if (search.seen.runs === MOST_RUNS) return null;
    const widths: number[] = [];
    const { schedule } = await search.run((world) => {
      widths.push(world.enabled().length);
      return next[widths.length - 1] ?? 0;
    });
    let last = schedule.length - 1;
    while (last >= 0 && (schedule[last] as number) + 1 >= (widths[last] as number)) last--;
    if (last < 0) return search.seen;
    next.length = 0;
    next.push(...schedule.slice(0, last), (schedule[last] as number) + 1);
  }
}

const RELIANCES: readonly Reliance[] = (["unknown", "known"] as const).flatMap((footprints) => [
  { memory: "undeclared", symmetry: false, footprints } as const,
  { memory: "undeclared", symmetry: true, footprints } as const,
  { memory: "declared", symmetry: false, footprints } as const,
  { memory: "declared", symmetry: true, footprints } as const,
]);

const sorted = (texts: ReadonlySet<string>) => [...texts].sort();

describe("an exhaustive search that says it is complete", () => {
  it("reaches the final states that naive enumeration reaches, and every violation over the past, and counts its schedules", async () => {
    const sums = { programs: 0, naive: 0, merged: RELIANCES.map(() => 0), runs: RELIANCES.map(() => 0), violated: 0 };
    await fc.assert(
      fc.asyncProperty(smallPrograms, async (program) => {
        const naive = await naively(program);
        fc.pre(naive !== null);
        sums.programs++;
        sums.naive += naive.runs;
        sums.violated += Math.min(1, naive.violations.size);
        for (const [index, reliance] of RELIANCES.entries()) {
          const search = searchOfProgram(program, reliance, 100 * MOST_RUNS);
          const coverage = await exhaustive.search(search);
          expect(coverage?.complete).toBe(true);
          expect(sorted(search.seen.ends)).toEqual(sorted(naive.ends));
          expect(sorted(search.seen.violations)).toEqual(sorted(naive.violations));
          expect(coverage?.interleavings).toBe(BigInt(naive.runs));
          sums.merged[index] = (sums.merged[index] ?? 0) + (coverage?.transitions ?? 0);
          sums.runs[index] = (sums.runs[index] ?? 0) + search.seen.runs;
        }
      }),
      { seed: 1, numRuns: 300 },
    );
    // Otherwise it has shown nothing.
    expect(sums.programs).toBe(300);
    expect(sums.naive).toBeGreaterThan(5_000);
    expect(sums.violated).toBeGreaterThan(50);
    const [plain = 0, , , most = 0] = sums.merged;
    expect(most).toBeLessThan(plain);
    // Footprints change nothing but how much of it is run.
    expect(sums.merged.slice(4)).toEqual(sums.merged.slice(0, 4));
    expect(sums.runs.slice(4)).not.toEqual(sums.runs.slice(0, 4));
    // Some 300 programs, each enumerated in full.
  }, 240_000);
});
