import { describe, expect, it } from "vitest";
import type { CellSpec } from "../model/cell.ts";
import { sizeOf } from "./cell-size.ts";
import { defaultCells } from "./default-cells.ts";

const [cell] = defaultCells(1) as [CellSpec];
const usual: CellSpec = { ...cell, explore: "random", schedules: 100, loads: 4, isolates: 2 };
const every: CellSpec = { ...usual, explore: "exhaustive", schedules: 1_000_000 };

describe("the size of a cell that samples", () => {
  it("grows with its schedules, its loads and what they are made of", () => {
    expect(sizeOf(usual)).toBe(400);
    expect(sizeOf({ ...usual, schedules: 300 })).toBe(1_200);
    expect(sizeOf({ ...usual, page: "document" })).toBe(1_600);
    expect(sizeOf({ ...usual, crypto: "interleaved" })).toBe(800);
    expect(sizeOf({ ...usual, explore: "fifo", schedules: 300 })).toBe(4);
  });

  it("ends soon where it is expected to find something, whatever it may spend", () => {
    const [few, many] = [10, 5_000].map((schedules) => sizeOf({ ...usual, schedules, expect: "violated" })) as [number, number];
    expect(few).toBe(40);
    expect(many).toBeLessThan(sizeOf(usual));
    expect(many).toBe(sizeOf({ ...every, expect: "violated" }));
  });
});

describe("the size of a cell that tries every order", () => {
  it.each<[string, Partial<CellSpec>]>([
    ["load", { loads: 5 }],
    ["isolate", { isolates: 3 }],
    ["thing that may go wrong", { faults: { "isolate-killed": 1 } }],
    ["time move", { timeSteps: 1 }],
    ["step of its crypto", { crypto: "interleaved" }],
  ])("is larger with one more %s", (_, change) => {
    expect(sizeOf({ ...every, ...change })).toBeGreaterThan(sizeOf(every));
  });

  it("is larger than the same cell's that samples, and never beyond its budget", () => {
    expect(sizeOf(every)).toBeGreaterThan(sizeOf(usual));
    expect(sizeOf({ ...every, loads: 400 })).toBeLessThan(1e12);
  });
});
