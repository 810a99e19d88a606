import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Schedule } from "../model/program.ts";
import type { TryOut } from "./attempt.ts";
import type { Choose } from "./explorer.ts";
import { beyondFifo, leniently } from "./replay.ts";
import { isPlainer, shrinkSchedule } from "./shrink.ts";
import { type SmallProgram, searchOfProgram, smallPrograms } from "./small-programs.testing.ts";
import { type Shape, searchOf } from "./tree.testing.ts";

/** Programs that have more schedules than this are left to others. */
const MOST_RUNS = 300;

/** Runs of a tree of choices, as many as `budget`, and how many were asked for. */
function tree(shape: Shape, violates: (path: Schedule) => boolean, budget = Number.POSITIVE_INFINITY) {
  const search = searchOf(shape, { violates });
  const tryOut: TryOut = async (choose) => {
    if (search.ran.length >= budget) return null;
    const { schedule, violated } = await search.run(choose);
    return { schedule, fails: violated };
  };
  return { tryOut, ran: search.ran };
}

async function playedOnce(program: SmallProgram, choose: Choose) {
  const search = searchOfProgram(program, { memory: "undeclared", symmetry: false, footprints: "unknown" }, 1);
  const { schedule } = await search.run(choose);
  return { schedule, fails: search.seen.violations.size > 0 };
}

/** Every schedule, one by one, and whether it fails; null when there are too many. */
async function allOf(program: SmallProgram): Promise<readonly { readonly schedule: Schedule; readonly fails: boolean }[] | null> {
  const all = [];
  const next: number[] = [];
  for (;;) {
    if (all.length === MOST_RUNS) return null;
    const widths: number[] = [];
    const ran = await playedOnce(program, (world) => {
      widths.push(world.enabled().length);
      return next[widths.length - 1] ?? 0;
    });
    all.push(ran);
    let last = ran.schedule.length - 1;
    while (last >= 0 && (ran.schedule[last] as number) + 1 >= (widths[last] as number)) last--;
    if (last < 0) return all;
    next.length = 0;
    next.push(...ran.schedule.slice(0, last), (ran.schedule[last] as number) + 1);
  }
}

describe("a schedule that is shrunk", () => {
  it("still fails, and has no choice beyond FIFO more than the best that there is: brute force finds none with fewer", async () => {
    const sums = { programs: 0, shrunk: 0, before: 0, after: 0 };
    await fc.assert(
      fc.asyncProperty(smallPrograms, fc.nat(), async (program, pick) => {
        const all = await allOf(program);
        const failing = (all ?? []).filter(({ fails }) => fails).map(({ schedule }) => schedule);
        fc.pre(failing.length > 0);
        const fewest = Math.min(...failing.map(beyondFifo));
        sums.programs++;
        for (const found of [failing.at(-1), failing[pick % failing.length]] as Schedule[]) {
          const shrunk = await shrinkSchedule(found, (choose) => playedOnce(program, choose));
          expect((await playedOnce(program, leniently(shrunk))).fails).toBe(true);
          expect(beyondFifo(shrunk)).toBe(fewest);
          sums.shrunk++;
          sums.before += beyondFifo(found);
          sums.after += fewest;
        }
      }),
      { seed: 1, numRuns: 100 },
    );
    // Otherwise it has shown nothing.
    expect(sums.programs).toBe(100);
    expect(sums.after).toBeGreaterThan(20);
    expect(sums.before).toBeGreaterThan(2 * sums.after);
  }, 240_000);

  it("is no worse than before, fails and is the same each time, however few runs it is given", async () => {
    const shape: Shape = (path) => (path.length < 12 ? 3 : 0);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }),
        fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }),
        fc.nat(30),
        async (found, steps, budget) => {
          const violates = (path: Schedule) => path.length === 12 && steps.every((step) => path[step] === found[step]);
          const { tryOut, ran } = tree(shape, violates, budget);
          const shrunk = await shrinkSchedule(found, tryOut);
          expect(violates(shrunk)).toBe(true);
          expect(isPlainer(found, shrunk)).toBe(false);
          expect(ran.length).toBeLessThanOrEqual(budget);
          expect(await shrinkSchedule(found, tree(shape, violates, budget).tryOut)).toEqual(shrunk);
        },
      ),
    );
  });

  it("keeps what each of its choices is needed for, and takes back the rest in fewer runs than one by one", async () => {
    const needed = new Map([
      [7, 2],
      [30, 1],
    ]);
    const found = Array.from({ length: 64 }, (_, step) => needed.get(step) ?? 1);
    const violates = (path: Schedule) => path.length === 64 && [...needed].every(([step, choice]) => path[step] === choice);
    const { tryOut, ran } = tree((path) => (path.length < 64 ? 3 : 0), violates, 80);
    const shrunk = await shrinkSchedule(found, tryOut);
    expect(shrunk).toEqual(Array.from({ length: 64 }, (_, step) => needed.get(step) ?? 0));
    // Each of the 62 others alone would already be as many, and again for what is left.
    expect(ran.findIndex((path) => path.join() === shrunk.join())).toBeLessThan(40);
  });

  it("has the smallest choices that will do", async () => {
    const violates = (path: Schedule) => path.length === 4 && (path[1] ?? 0) >= 3;
    const { tryOut } = tree((path) => (path.length < 4 ? 12 : 0), violates);
    expect(await shrinkSchedule([4, 11, 9, 2], tryOut)).toEqual([0, 3, 0, 0]);
  });

  it("ends where it fails: nothing after that is kept", async () => {
    const violates = (path: Schedule) => path.filter((choice) => choice === 1).length === 2;
    const { tryOut } = tree((path) => (path.length < 40 ? 2 : 0), violates);
    const shrunk = await shrinkSchedule([0, 0, 0, 0, 1, 0, 1], tryOut);
    expect(beyondFifo(shrunk)).toBe(2);
    expect(shrunk.at(-1)).toBe(1);
  });

  it("is FIFO where FIFO fails, after one run", async () => {
    const { tryOut, ran } = tree(
      (path) => (path.length < 5 ? 4 : 0),
      (path) => path.length === 5,
    );
    expect(await shrinkSchedule([3, 1, 2, 0, 1], tryOut)).toEqual([0, 0, 0, 0, 0]);
    expect(ran).toHaveLength(1);
  });

  it("is found from the other end where taking back leads nowhere: two choices that cancel each other", async () => {
    // Only all three of them fail, or one alone in another place.
    const violates = (path: Schedule) => ["111000", "000020"].includes(path.join(""));
    const { tryOut } = tree((path) => (path.length < 6 ? 3 : 0), violates);
    expect(await shrinkSchedule([1, 1, 1, 0, 0, 0], tryOut)).toEqual([0, 0, 0, 0, 2, 0]);
  });
});
