import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { defaultCells } from "./default-cells.ts";
import { Progress } from "./progress.ts";

const [first, second] = defaultCells(1) as [CellSpec, CellSpec];
const CLEAR = "\r\x1b[2K";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function line(total: number, stream: { readonly isTTY?: boolean; readonly columns?: number }) {
  const written: string[] = [];
  vi.advanceTimersByTime(1_000);
  const progress = new Progress(total, { ...stream, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream);
  return { progress, written };
}

function reportOf(schedules: number): CellReport {
  return { result: { schedules } as Partial<CellReport["result"]> as CellReport["result"], counterexample: null };
}

describe("the progress line on a terminal", () => {
  it("says how many cells and schedules are done, how fast, for how long, and where it is", () => {
    const { progress, written } = line(2, { isTTY: true, columns: 200 });
    vi.advanceTimersByTime(2_000);
    progress.running(first, 40);
    expect(written).toEqual([`${CLEAR}0/2 cells · 40 schedules · 20/s · 2 s · ${first.target} ${first.strategy}, ${first.profile}`]);
  });

  it("adds up what is done and what is still running, each cell once", () => {
    const { progress, written } = line(3, { isTTY: true, columns: 200 });
    vi.advanceTimersByTime(1_000);
    progress.running(first, 20);
    progress.running(second, 60);
    progress.running(first, 40);
    vi.advanceTimersByTime(1_000);
    progress.done(first, reportOf(50));
    expect(written.at(-1)).toContain("1/3 cells · 110 schedules · 55/s · 2 s");
  });

  it("is redrawn at most ten times a second, but always when all is done", () => {
    const { progress, written } = line(2, { isTTY: true });
    vi.advanceTimersByTime(1_000);
    for (let schedules = 1; schedules <= 100; schedules++) {
      progress.running(first, schedules);
      vi.advanceTimersByTime(10);
    }
    expect(written).toHaveLength(10);

    vi.advanceTimersByTime(100);
    progress.done(first, reportOf(100));
    progress.done(second, reportOf(1));
    expect(written).toHaveLength(12);
    expect(written.at(-1)).toContain("2/2 cells · 101 schedules");
  });

  it.each([
    [40, 39],
    [undefined, 79],
  ])("stays on one line of a terminal %s columns wide", (columns, width) => {
    const { progress, written } = line(2, columns === undefined ? { isTTY: true } : { isTTY: true, columns });
    vi.advanceTimersByTime(1_000);
    progress.running({ ...first, target: "a-target-with-quite-a-long-name", strategy: "and-a-long-strategy" }, 1);
    expect(written[0]?.slice(CLEAR.length)).toHaveLength(width);
  });

  it("is taken away for what is printed next", () => {
    const { progress, written } = line(2, { isTTY: true });
    progress.clear();
    expect(written).toEqual([CLEAR]);
  });
});

describe("the progress line where there is no terminal", () => {
  it("is never written", () => {
    const { progress, written } = line(1, {});
    vi.advanceTimersByTime(1_000);
    progress.running(first, 40);
    progress.done(first, reportOf(40));
    progress.clear();
    expect(written).toEqual([]);
  });
});
