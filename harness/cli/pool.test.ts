import { describe, expect, it } from "vitest";
import type { CellSpec } from "../model/cell.ts";
import { defaultCells } from "./default-cells.ts";
import { type PoolOptions, runCells } from "./pool.ts";
import { Stop } from "./stop.ts";

const [usual] = defaultCells(1) as [CellSpec];
const quick = (schedules: number): CellSpec => ({ ...usual, loads: 2, explore: "random", profile: "workos", schedules });

type Options = PoolOptions<CellSpec, unknown, unknown>;

describe("cells on worker threads", () => {
  it("begin with the longest, and have their reports in their own order", async () => {
    const specs = [1, 3, 2, 3].map(quick);
    const done: number[] = [];
    const progress: Options["progress"] = { running() {}, done: (spec) => void done.push(specs.indexOf(spec)) };
    const reports = await runCells(specs, { jobs: 1, progress });
    expect(done).toEqual([1, 3, 2, 0]);
    expect(reports.map((report) => report?.result.schedules)).toEqual([1, 3, 2, 3]);
    expect(reports.every((report) => report?.result.interrupted === false)).toBe(true);
  });

  it("are not begun once somebody has asked to stop", async () => {
    const stop = new Stop();
    stop.request();
    expect(
      await runCells([1, 2].map(quick), { jobs: 2, stop, progress: { running() {}, done: () => expect.fail("it was begun") } }),
    ).toEqual([null, null]);
  });

  it("are cut off where they are, when somebody asks in the middle of one", async () => {
    const stop = new Stop();
    const seen: { readonly schedules: number; readonly states: number; readonly branches: number | null }[] = [];
    const [cut, missing] = await runCells([quick(10_000_000), quick(1)], {
      ...{ jobs: 1, stop },
      progress: {
        running(_, progress) {
          seen.push(progress);
          stop.request();
        },
        done() {},
      },
    });
    expect(missing).toBeNull();
    expect(cut?.result).toMatchObject({ interrupted: true, verdict: "holds", completeness: "bounded", error: null });
    const [{ schedules, states, branches }] = seen as [(typeof seen)[number]];
    expect(cut?.result.schedules).toBeGreaterThanOrEqual(schedules);
    expect(states).toBeGreaterThan(0);
    expect(branches).toBeNull();
  });

  it("say how many branches are left where every order is tried", async () => {
    const stop = new Stop();
    const branches: (number | null)[] = [];
    const [cut] = await runCells([{ ...quick(1_000_000), explore: "exhaustive", loads: 8, strategy: "single-flight", isolates: 2 }], {
      ...{ jobs: 1, stop },
      progress: {
        running(_, progress) {
          branches.push(progress.branches);
          stop.request();
        },
        done() {},
      },
    });
    expect(branches[0]).toBeGreaterThan(0);
    expect(cut?.result).toMatchObject({ interrupted: true, completeness: "bounded", interleavings: null });
    expect(cut?.result.states).toBeGreaterThan(0);
  });
});
