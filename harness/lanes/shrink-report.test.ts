import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import { fifo } from "../explore/fifo.ts";
import { beyondFifo, replay } from "../explore/replay.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { replayCell, runCell } from "./cell.ts";
import { decodeReplay } from "./replay-string.ts";
import { shrinkFailure } from "./shrink.ts";
import { shrinkReport } from "./shrink-report.ts";

async function shrunk(change: Partial<CellSpec>, target?: Target) {
  const cell = await cellOf({ explore: "portfolio", schedules: 2_000, ...change }, target === undefined ? {} : { target });
  const found = await runCell(cell);
  return { cell, found, small: await shrinkReport(cell, found) };
}

const lateLoad = { strategy: "single-flight", profile: "better-auth" } as const;

describe("a counterexample that is shrunk", () => {
  it("fails in the same way, in a smaller cell, by fewer choices and in fewer steps, and replays", async () => {
    const { found, small } = await shrunk(lateLoad);
    const { shrunk: sizes, violations, verdict } = small.result;
    expect(verdict).toBe("violated");
    expect(violations.map(({ invariant }) => invariant)).toEqual(found.result.violations.map(({ invariant }) => invariant));
    expect(sizes?.from).toMatchObject({ loads: 8, isolates: 1 });
    // One load that arrives after the other's flight has landed: FIFO must be left when the refresh is sent, and when it is answered.
    expect(sizes?.to).toMatchObject({ loads: 2, isolates: 1, choices: 2 });
    expect(sizes?.to.steps).toBeLessThan(sizes?.from.steps ?? 0);

    const { spec, schedule, traceHash } = decodeReplay(violations[0]?.replay ?? "");
    expect(spec.loads).toBe(2);
    const again = await replayCell(await cellOf(spec.loads === 2 ? { ...lateLoad, loads: 2 } : {}), schedule);
    expect(again.traceHash).toBe(traceHash);
    expect(again.report.result.violations[0]?.because).toEqual(violations[0]?.because);
    expect(small.counterexample).toEqual(again.report.counterexample);
  });

  it("changes nothing of what the search came to", async () => {
    const { found, small } = await shrunk(lateLoad);
    const { violations: _a, shrunk: _b, ...before } = found.result;
    const { violations: _c, shrunk: _d, ...after } = small.result;
    expect(after).toEqual(before);
    expect(found.result.shrunk).toBeNull();
  });

  it("says in each choice beyond FIFO what FIFO would have done", async () => {
    const { small } = await shrunk(lateLoad);
    const chosen = (small.counterexample ?? []).filter(({ choice }) => choice !== 0);
    expect(chosen.map(({ instead }) => instead?.label)).toEqual([
      "GET / for ada/load-2 [AT F1.g0, RT F1.g0]",
      "GET / for ada/load-2 [AT F1.g0, RT F1.g0]",
    ]);
    expect(small.counterexample?.filter(({ choice }) => choice === 0).every(({ instead }) => instead === undefined)).toBe(true);
  });

  it("is the same each time, whatever seed the search had", async () => {
    const [one, two, again] = [await shrunk({ ...lateLoad, seed: 1 }), await shrunk({ ...lateLoad, seed: 2 }), await shrunk(lateLoad)];
    expect(again.small).toEqual({ ...one.small, result: { ...one.small.result, durationMs: again.small.result.durationMs } });
    expect(two.small.counterexample).toEqual(one.small.counterexample);
  });

  it("stays in the larger cell where it fails in FIFO order, and would need choices in a smaller one", async () => {
    const { small } = await shrunk({ ...lateLoad, isolates: 2 });
    expect(small.result.shrunk?.to).toMatchObject({ loads: 2, isolates: 2, choices: 0 });
  });

  it("loses the faults, the time and the pages that it does not need", async () => {
    const faults = { "issuer-503": 2, "browser-response-lost": 1 };
    const { small } = await shrunk({ strategy: "naive", profile: "zitadel", page: "document", isolates: 3, timeSteps: 2, faults });
    expect(small.result.shrunk?.to).toEqual({
      loads: 2,
      isolates: 1,
      page: "request",
      faults: "",
      timeSteps: 0,
      granularity: "crypto=inline",
      choices: 0,
      steps: 30,
    });
  });

  it("keeps the time that it needs", async () => {
    const { small } = await shrunk({ strategy: "single-flight", profile: "workos", timeSteps: 2 });
    expect(small.result.shrunk?.to).toMatchObject({ timeSteps: 1, choices: 1 });
  });

  it("stays a limit of the issuer where it was one", async () => {
    const faults = { "browser-response-lost": 1, "isolate-killed": 2 };
    const cell = {
      scenario: "reloads-at-expiry",
      strategy: "ledger",
      profile: "better-auth",
      isolates: 4,
      loads: 4,
      faults,
      schedules: 40,
    };
    const { small } = await shrunk(cell);
    expect(small.result).toMatchObject({ verdict: "cannot-be-had", error: null });
    expect(small.result.shrunk?.to).toMatchObject({ loads: 1, isolates: 1, faults: "isolate-killed:1", choices: 1 });
  });
});

describe("a report", () => {
  it("without a counterexample comes back as it is", async () => {
    const cell = await cellOf({ explore: "fifo" });
    const report = await runCell(cell);
    expect(await shrinkReport(cell, report)).toBe(report);
  });

  it("whose failure does not come again when it is made small says that it cannot be vouched for", async () => {
    let runs = 0;
    // From its third run on it is another one: the search and its self-check see nothing of that.
    const target: Target = {
      ...reference,
      async create(environment) {
        runs++;
        const instance = await reference.create(environment);
        return {
          fetch: (request) => (runs % 2 === 0 && runs > 6 ? Promise.resolve(new Response("x", { status: 500 })) : instance.fetch(request)),
        };
      },
    };
    const cell = { ...(await cellOf({ strategy: "naive", profile: "zitadel", loads: 2 }, { target })), explorer: fifo };
    const found = await runCell(cell);
    expect(found.result.verdict).toBe("violated");
    expect((await shrinkReport(cell, found)).result).toMatchObject({ verdict: "error" });
  });
});

describe("the budget", () => {
  it("that ends while fewer choices are looked for loses nothing of what was found before", async () => {
    const cell = await cellOf({ ...lateLoad, explore: "portfolio", schedules: 2_000 });
    const { spec, schedule } = decodeReplay((await runCell(cell)).result.violations[0]?.replay ?? "");
    const failure = { verdict: "violated", invariant: "no-spurious-logout" } as const;
    const whole = await shrinkFailure(cell, { spec, schedule }, failure, 1_000);
    let before = Number.POSITIVE_INFINITY;
    for (let budget = 40; budget <= whole.runs; budget += 6) {
      const { schedule: small } = await shrinkFailure(cell, { spec, schedule }, failure, budget);
      expect(beyondFifo(small)).toBeLessThanOrEqual(before);
      before = beyondFifo(small);
    }
    expect(before).toBe(2);
  });

  it.each([0, 1, 2, 5, 30])("of %i runs is never exceeded, and what comes of it still fails", async (budget) => {
    const cell = await cellOf({ ...lateLoad, explore: "portfolio", schedules: 2_000 });
    const { result } = await runCell(cell);
    const { spec, schedule } = decodeReplay(result.violations[0]?.replay ?? "");
    let runs = 0;
    const failure = { verdict: "violated", invariant: "no-spurious-logout" } as const;
    const small = await shrinkFailure(cell, { spec, schedule }, failure, budget, () => runs++);
    expect(runs).toBeLessThanOrEqual(budget);
    expect(small.runs).toBe(runs);
    const again = await runCell({ ...cell, spec: { ...small.spec, schedules: 1 }, explorer: replay(small.schedule) });
    expect(again.result.verdict).toBe("violated");
  });
});
