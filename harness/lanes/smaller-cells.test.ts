import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellSpec } from "../model/cell.ts";
import { isWithin, smallerCells } from "./smaller-cells.ts";

const { spec } = await cellOf({ loads: 1, isolates: 1 });
const of = (change: Partial<CellSpec>) => smallerCells({ ...spec, ...change });

describe("the cells that are smaller than a cell", () => {
  it("are none where there is nothing to take away", () => {
    expect(of({})).toEqual([]);
  });

  it.each<[string, Partial<CellSpec>, keyof CellSpec, unknown[]]>([
    ["few loads", { loads: 4 }, "loads", [1, 2, 3]],
    ["many loads, by doubling, and one less", { loads: 40 }, "loads", [1, 2, 3, 4, 8, 16, 32, 39]],
    ["isolates", { isolates: 3 }, "isolates", [1, 2]],
    ["a page that is one request", { page: "document" }, "page", ["request"]],
    ["time steps, down to none", { timeSteps: 2 }, "timeSteps", [0, 1]],
    ["coarser crypto", { crypto: "interleaved" }, "crypto", ["inline", "ordered"]],
    [
      "fewer faults, and fewer of each",
      { faults: { "issuer-503": 2, "isolate-killed": 1 } },
      "faults",
      [{ "isolate-killed": 1 }, { "issuer-503": 1, "isolate-killed": 1 }, { "issuer-503": 2 }],
    ],
  ])("have %s", (_, change, key, values) => {
    const cells = of(change);
    expect(cells.map((cell) => cell[key])).toEqual(values);
    for (const cell of cells) expect(cell).toEqual({ ...spec, ...change, [key]: cell[key] });
  });

  it("differ in one thing each, loads first and crypto last, and are all within it", () => {
    const large: CellSpec = {
      ...spec,
      loads: 2,
      isolates: 2,
      page: "document",
      faults: { "issuer-503": 1 },
      timeSteps: 1,
      crypto: "interleaved",
    };
    const cells = smallerCells(large);
    const changed = cells.map((cell) => Object.keys(cell).filter((key) => cell[key as keyof CellSpec] !== large[key as keyof CellSpec]));
    expect(changed).toEqual([["loads"], ["isolates"], ["page"], ["faults"], ["timeSteps"], ["crypto"], ["crypto"]]);
    for (const cell of cells) {
      expect(isWithin(cell, large)).toBe(true);
      expect(isWithin(large, cell)).toBe(false);
    }
  });
});

describe("a cell is within another", () => {
  it("of the same size, however it is searched", () => {
    expect(isWithin(spec, { ...spec, explore: "fifo", seed: 9, schedules: 1 })).toBe(true);
  });

  it.each<[string, Partial<CellSpec>]>([
    ["scenario", { scenario: "another" }],
    ["target", { target: "another" }],
    ["profile", { profile: "another" }],
    ["strategy", { strategy: "another" }],
    ["story", { story: { lifetime: 90, acts: [] } }],
    ["fault", { faults: { "isolate-killed": 1 } }],
  ])("and not of one with another %s", (_, change) => {
    expect(isWithin({ ...spec, ...change }, spec)).toBe(false);
  });
});
