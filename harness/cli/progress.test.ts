import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CellProgress } from "../lanes/search-cell.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { defaultCells } from "./default-cells.ts";
import { Progress } from "./progress.ts";

const [usual] = defaultCells(1) as [CellSpec];
const sampled = (schedules: number): CellSpec => ({ ...usual, explore: "random", schedules });
const exhaustive: CellSpec = { ...usual, explore: "exhaustive", loads: 2, isolates: 1 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What the line says, part by part, as often as it is drawn. */
function drawing(specs: readonly CellSpec[]) {
  const lines: string[][] = [];
  const write = (text: string) => lines.push(text.replace("\r\x1b[2K", "").split(" · "));
  const progress = new Progress(specs, { isTTY: true, columns: 200, write } as unknown as NodeJS.WriteStream);
  return { progress, lines };
}

function at(schedules: number, states = 0, branches: number | null = null): CellProgress {
  return { schedules, states, branches };
}

function reportOf(schedules: number, states = 0): CellReport {
  return { result: { schedules, states } as Partial<CellReport["result"]> as CellReport["result"], counterexample: null };
}

describe("the progress of cells", () => {
  it("says how many are done, and schedules and states with how many more there are each second", () => {
    const specs = [sampled(1_000), sampled(1_000)];
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(4_000);
    progress.running(specs[0] as CellSpec, at(40, 3_000));
    expect(lines).toEqual([["0/2 cells", "3:16 left", "40 schedules, 10/s", "3,000 states, 750/s"]]);
  });

  it("adds up what is done and what is still running, each cell once", () => {
    const specs = [sampled(100), sampled(100), sampled(100)] as [CellSpec, CellSpec, CellSpec];
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(500);
    progress.running(specs[0], at(20, 10));
    progress.running(specs[1], at(60, 30));
    progress.running(specs[0], at(40, 20));
    vi.advanceTimersByTime(500);
    progress.done(specs[0], reportOf(50, 25));
    expect(lines.at(-1)).toEqual(["1/3 cells", "110 schedules, 110/s", "55 states, 55/s"]);
  });

  it("says how long the rest takes, as cells are of different sizes", () => {
    const specs = [sampled(100), sampled(300)] as [CellSpec, CellSpec];
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(10_000);
    progress.done(specs[0], reportOf(100));
    expect(lines.at(-1)?.[1]).toBe("0:30 left");
    vi.advanceTimersByTime(15_000);
    progress.running(specs[1], at(150));
    expect(lines.at(-1)?.[1]).toBe("0:15 left");
  });

  it("counts a cell as done that has found what it looked for before its budget was spent", () => {
    const specs = [sampled(100), sampled(100)] as [CellSpec, CellSpec];
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(10_000);
    progress.done(specs[0], reportOf(3));
    expect(lines.at(-1)?.[1]).toBe("0:10 left");
  });

  it("says no time as long as an exhaustive search is left, but how many branches it knows of", () => {
    const specs = [exhaustive, sampled(100)] as [CellSpec, CellSpec];
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(1_000);
    progress.running(exhaustive, at(5, 60, 1_234));
    expect(lines.at(-1)).toEqual(["0/2 cells", "1,234 branches left", "5 schedules, 5/s", "60 states, 60/s"]);
    vi.advanceTimersByTime(1_000);
    progress.done(specs[1], reportOf(100));
    vi.advanceTimersByTime(1_000);
    progress.running(exhaustive, at(900, 800, 0));
    expect(lines.at(-1)).toHaveLength(3);
  });

  it("fits a terminal of 80 columns, whole, for a run of an hour", () => {
    const specs = Array.from({ length: 152 }, () => sampled(1_000_000));
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(1_200_000);
    progress.running(specs[0] as CellSpec, at(312_345, 934_567));
    expect(lines.at(-1)?.join(" · ").length).toBeLessThan(80);
  });

  it("is drawn when the last one is done", () => {
    const specs = [sampled(100), sampled(100)] as [CellSpec, CellSpec];
    const { progress, lines } = drawing(specs);
    vi.advanceTimersByTime(1_000);
    progress.done(specs[0], reportOf(100));
    progress.done(specs[1], reportOf(100));
    expect(lines.map(([cells]) => cells)).toEqual(["1/2 cells", "2/2 cells"]);
  });
});
