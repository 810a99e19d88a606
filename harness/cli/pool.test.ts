import { describe, expect, it } from "vitest";
import type { CellProgress } from "../lanes/search-cell.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { defaultCells } from "./default-cells.ts";
import { type Followed, Workers } from "./pool.ts";
import { Stop } from "./stop.ts";

const [usual] = defaultCells(1) as [CellSpec];
const quick = (schedules: number): CellSpec => ({ ...usual, loads: 2, explore: "random", profile: "workos", schedules });

type Progress = Followed<CellSpec, CellProgress, CellReport>;

async function search(specs: readonly CellSpec[], progress: Partial<Progress>, { jobs = 1, stop = new Stop() } = {}) {
  const workers = new Workers(jobs, stop);
  try {
    return await workers.search(specs, { running() {}, done() {}, ...progress }, false);
  } finally {
    await workers.close();
  }
}

const target = (name: string): Partial<CellSpec> => ({ target: `fixtures/targets/${name}.ts`, strategy: "only" });

describe("cells on worker threads", () => {
  it("begin with the longest, and have their reports in their own order", async () => {
    const specs = [1, 3, 2, 3].map(quick);
    const done: number[] = [];
    const reports = await search(specs, { done: (spec) => void done.push(specs.indexOf(spec)) });
    expect(done).toEqual([1, 3, 2, 0]);
    expect(reports.map((report) => report?.result.schedules)).toEqual([1, 3, 2, 3]);
    expect(reports.every((report) => report?.result.interrupted === false)).toBe(true);
  });

  it("are not begun once somebody has asked to stop", async () => {
    const stop = new Stop();
    stop.request();
    expect(await search([1, 2].map(quick), { done: () => expect.fail("it was begun") }, { jobs: 2, stop })).toEqual([null, null]);
  });

  it("are cut off where they are, when somebody asks in the middle of one", async () => {
    const stop = new Stop();
    const seen: CellProgress[] = [];
    const running = (_: CellSpec, progress: CellProgress) => {
      seen.push(progress);
      stop.request();
    };
    const [cut, missing] = await search([quick(10_000_000), quick(1)], { running }, { stop });
    expect(missing).toBeNull();
    expect(cut?.result).toMatchObject({ interrupted: true, verdict: "holds", completeness: "bounded", error: null });
    const [{ schedules, states, branches }] = seen as [CellProgress];
    expect(cut?.result.schedules).toBeGreaterThanOrEqual(schedules);
    expect(states).toBeGreaterThan(0);
    expect(branches).toBeNull();
  });

  it("are done although one of them never gives way: that one is given up, and its thread with it", async () => {
    const workers = new Workers(1, new Stop(), 3_000);
    try {
      const specs = [{ ...quick(9), ...target("never-gives-way") }, quick(2), quick(1)];
      const reports = await workers.search(specs, { running() {}, done() {} }, false);
      expect(reports.map((report) => [report?.result.verdict, report?.result.schedules])).toEqual([
        ["error", 0],
        ["holds", 2],
        ["holds", 1],
      ]);
      expect(reports[0]?.result.error).toMatchObject({
        code: "STEP_LIMIT",
        message: expect.stringContaining("no schedule has ended for 3 s"),
      });
    } finally {
      await workers.close();
    }
  }, 30_000);

  it("say how many branches are left where every order is tried", async () => {
    const stop = new Stop();
    const branches: (number | null)[] = [];
    const running = (_: CellSpec, progress: CellProgress) => {
      branches.push(progress.branches);
      stop.request();
    };
    const large: CellSpec = { ...quick(1_000_000), explore: "exhaustive", loads: 8, strategy: "single-flight", isolates: 2 };
    const [cut] = await search([large], { running }, { stop });
    expect(branches[0]).toBeGreaterThan(0);
    expect(cut?.result).toMatchObject({ interrupted: true, completeness: "bounded", interleavings: null });
    expect(cut?.result.states).toBeGreaterThan(0);
  });
});
