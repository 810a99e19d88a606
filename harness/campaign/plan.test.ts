import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Piece } from "./pieces.ts";
import { planned, replanned, type Sized } from "./plan.ts";

const OPTIONS = { seconds: 15, schedulesPerJob: null };

const cells: fc.Arbitrary<readonly Sized[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom("whole" as const, "stretch" as const, "stretch" as const, "share" as const),
      schedules: fc.integer({ min: 1, max: 20_000 }),
      pace: fc.double({ min: 0.1, max: 200, noNaN: true }),
    }),
    { maxLength: 30 },
  )
  .map((list) => list.map((one, cell) => ({ ...one, cell })));

/** The schedules of each cell that pieces are about, in order. */
function schedulesOf(pieces: readonly Piece[], cell: number): readonly number[] {
  return pieces
    .flatMap((piece) => (piece.kind === "stretch" && piece.cell === cell ? [piece] : []))
    .sort((a, b) => a.from - b.from)
    .flatMap(({ from, schedules }) => Array.from({ length: schedules }, (_, index) => from + index));
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("a plan", () => {
  it("has every schedule of every cell once, and every other cell once", () => {
    fc.assert(
      fc.property(cells, fc.option(fc.integer({ min: 1, max: 500 })), (list, schedulesPerJob) => {
        const pieces = planned(list, { ...OPTIONS, schedulesPerJob }).flat();
        for (const { cell, kind, schedules } of list) {
          if (kind === "stretch") expect(schedulesOf(pieces, cell)).toEqual(upTo(schedules));
          else expect(pieces.filter((piece) => piece.cell === cell)).toHaveLength(1);
        }
        expect(pieces.length).toBe(pieces.filter((piece) => list[piece.cell] !== undefined).length);
      }),
      { numRuns: 60 },
    );
  });

  it("has jobs of 15 s at most where they can be cut, and puts short ones together until there is no room for the next", () => {
    fc.assert(
      fc.property(cells, (list) => {
        const costOf = (piece: Piece) => {
          const { pace, schedules } = list[piece.cell] as Sized;
          return pace * (piece.kind === "stretch" ? piece.schedules : schedules);
        };
        const jobs = planned(list, OPTIONS).filter((job) => job.every(({ kind }) => kind !== "share"));
        const lengths = jobs.map((job) => job.reduce((sum, piece) => sum + costOf(piece), 0));
        for (const [index, job] of jobs.entries()) {
          if (job.length > 1 || job[0]?.kind === "stretch") expect(lengths[index]).toBeLessThanOrEqual(15_001);
        }
      }),
    );
  });

  it("begins a search of every order of events as one job, at the start of everything", () => {
    expect(planned([{ cell: 0, kind: "share", schedules: 1_000_000, pace: 0 }], OPTIONS)).toEqual([
      [{ kind: "share", cell: 0, branches: [[]] }],
    ]);
  });

  it("gives each job exactly so many schedules where somebody says how many", () => {
    const jobs = planned([{ cell: 0, kind: "stretch", schedules: 100, pace: 1 }], { ...OPTIONS, schedulesPerJob: 5 });
    expect(jobs).toHaveLength(20);
    expect(jobs[7]).toEqual([{ kind: "stretch", cell: 0, from: 35, schedules: 5 }]);
  });
});

describe("what a job has left", () => {
  const stretch: Piece = { kind: "stretch", cell: 1, from: 300, schedules: 5_000 };

  it("is cut by the pace that the job has had", () => {
    const jobs = replanned([stretch], { schedules: 300, milliseconds: 30_000 }, OPTIONS, 1);
    // 10 schedules a second.
    expect(jobs).toHaveLength(Math.ceil(5_000 / 150));
    expect(schedulesOf(jobs.flat(), 1)).toEqual(upTo(5_000).map((number) => number + 300));
  });

  it("stays as it is where nothing was done, and nothing is known", () => {
    const whole: Piece = { kind: "whole", cell: 2 };
    expect(replanned([stretch, whole], { schedules: 0, milliseconds: 0 }, OPTIONS, 4)).toEqual([[stretch, whole]]);
  });

  it("is dealt to those who have nothing else to do, each branch to one of them", () => {
    const branches = upTo(10).map((number) => [number]);
    const share = (hands: number) => replanned([{ kind: "share", cell: 0, branches }], { schedules: 9, milliseconds: 9 }, OPTIONS, hands);
    expect(share(1)).toEqual([[{ kind: "share", cell: 0, branches }]]);
    expect(share(3).map(([piece]) => (piece?.kind === "share" ? piece.branches.length : 0))).toEqual([4, 3, 3]);
    expect(share(30)).toHaveLength(10);
  });
});
