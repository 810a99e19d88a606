import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CellSpec } from "../model/cell.ts";
import { sizeOf } from "./cell-size.ts";
import { defaultCells } from "./default-cells.ts";
import { defaultDatabaseCells } from "./default-database-cells.ts";
import { type Share, shardOf } from "./shards.ts";

const [usual] = defaultCells(1) as [CellSpec];

const specs: fc.Arbitrary<readonly CellSpec[]> = fc
  .array(
    fc.record({
      explore: fc.constantFrom("random", "pct", "delay", "portfolio", "exhaustive", "fifo"),
      schedules: fc.oneof(fc.integer({ min: 1, max: 45 }), fc.integer({ min: 1, max: 5_000 })),
      loads: fc.integer({ min: 1, max: 8 }),
      crypto: fc.constantFrom("inline", "interleaved"),
      expect: fc.constantFrom(null, "holds", "cannot-be-had", "violated"),
      lane: fc.constantFrom("simulation", "simulation", "simulation", "postgres"),
    }),
    { maxLength: 40 },
  )
  .map((choices) => choices.map((choice) => ({ ...usual, ...choice }) as CellSpec));

const counts = fc.integer({ min: 1, max: 64 });

const allOf = (cells: readonly CellSpec[], count: number) =>
  Array.from({ length: count }, (_, index) => shardOf(cells, { index: index + 1, count }));

const canBeCut = ({ lane, explore, expect }: CellSpec) =>
  lane === "simulation" && expect !== "violated" && ["random", "pct", "delay"].includes(explore);

function loadOf(cells: readonly CellSpec[], { whole, parts }: Share): number {
  const size = (cell: number, schedules?: number) => {
    const spec = cells[cell] as CellSpec;
    return sizeOf(spec) * (schedules === undefined ? 1 : schedules / spec.schedules);
  };
  return (
    whole.reduce((sum, cell) => sum + size(cell), 0) + parts.reduce((sum, { cell, stretch }) => sum + size(cell, stretch.schedules), 0)
  );
}

describe("all shards together", () => {
  it("run every schedule of every cell once, whole or in stretches of ten at least, and cut only what can be cut", () => {
    fc.assert(
      fc.property(specs, counts, (cells, count) => {
        const shares = allOf(cells, count);
        for (const [cell, spec] of cells.entries()) {
          const whole = shares.flatMap((share) => share.whole.filter((one) => one === cell));
          const stretches = shares.flatMap(({ parts }) => parts.filter((part) => part.cell === cell).map(({ stretch }) => stretch));
          if (whole.length > 0) {
            expect([whole, stretches]).toEqual([[cell], []]);
            continue;
          }
          expect(canBeCut(spec)).toBe(true);
          let from = 0;
          for (const stretch of stretches) {
            expect(stretch.from).toBe(from);
            expect(stretch.schedules).toBeGreaterThanOrEqual(10);
            from += stretch.schedules;
          }
          expect(from).toBe(spec.schedules);
        }
      }),
    );
  });

  it("have as much to do as each other, but for one thing that stays whole", () => {
    fc.assert(
      fc.property(specs, counts, (cells, count) => {
        const loads = allOf(cells, count).map((share) => loadOf(cells, share));
        const staysWhole = cells.map((spec) => (canBeCut(spec) ? (sizeOf(spec) / spec.schedules) * 19 : sizeOf(spec)));
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(Math.max(0, ...staysWhole) * (1 + 1e-9));
      }),
      { numRuns: 300 },
    );
  });

  it("cut no more cells than there are shards, as long as there is much to do", () => {
    const cells = defaultCells(1);
    for (const count of [1, 2, 3, 4, 7, 8]) {
      const cut = new Set(allOf(cells, count).flatMap(({ parts }) => parts.map(({ cell }) => cell)));
      expect(cut.size).toBeLessThanOrEqual(count === 1 ? 0 : count);
    }
  });
});

it("one shard is the whole run", () => {
  const cells = defaultCells(1);
  expect(shardOf(cells, { index: 1, count: 1 })).toEqual({ whole: [...cells.keys()], parts: [] });
});

it("more shards than there is work leave some with nothing", () => {
  const one: CellSpec = { ...usual, explore: "random", schedules: 15 };
  expect(allOf([one], 3)).toEqual([
    { whole: [0], parts: [] },
    { whole: [], parts: [] },
    { whole: [], parts: [] },
  ]);
  const two = allOf([{ ...one, schedules: 25 }], 64).filter(({ parts }) => parts.length > 0);
  expect(two.map(({ parts }) => parts[0]?.stretch)).toEqual([
    { from: 0, schedules: 10 },
    { from: 10, schedules: 15 },
  ]);
});

it("cells on a database stay whole, and those that are expected to break", () => {
  expect(allOf(defaultDatabaseCells(1), 4).flatMap(({ parts }) => parts)).toEqual([]);
  const broken: CellSpec = { ...usual, explore: "random", schedules: 1_000, expect: "violated" };
  expect(allOf([broken], 4).flatMap(({ parts }) => parts)).toEqual([]);
});
