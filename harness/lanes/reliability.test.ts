import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellReport, CellResult } from "../model/cell.ts";
import { runCell } from "./cell.ts";
import { outcomeOf, reliabilityOf } from "./reliability.ts";
import { shrinkReport } from "./shrink-report.ts";

const cell = await cellOf({ strategy: "naive", profile: "zitadel", loads: 2, explore: "fifo", schedules: 1 });
const broken = await shrinkReport(cell, await runCell(cell));
const held = await runCell(await cellOf({ strategy: "ledger", profile: "zitadel", loads: 2, explore: "fifo", schedules: 1 }));

function changed(report: CellReport, over: Partial<CellResult>): CellReport {
  return { ...report, result: { ...report.result, ...over } };
}

describe("reliabilityOf", () => {
  it("gives each cell its outcome, and what broke a counterexample with the line that plays it", () => {
    const { cells, counterexamples, shown } = reliabilityOf([held, broken]);
    expect(cells).toMatchObject([
      { strategy: "ledger", outcome: "held", counterexample: null },
      { strategy: "naive", outcome: "broken", counterexample: "counterexample-1" },
    ]);
    expect(counterexamples).toMatchObject([{ id: "counterexample-1", strategy: "naive", invariants: ["no-spurious-logout"], faults: "" }]);
    expect(counterexamples[0]?.replay).toBe(broken.result.violations[0]?.replay);
    expect(shown.get("counterexample-1")).toBe(broken);
  });

  it("has one counterexample, the shortest, where several tell the same story of a client", () => {
    const longer = changed(broken, { faults: "issuer-503:1", shrunk: null, steps: { min: 90, mean: 90, max: 90 } });
    const { cells, counterexamples, shown } = reliabilityOf([longer, broken]);
    expect(cells.map(({ counterexample }) => counterexample)).toEqual(["counterexample-1", "counterexample-1"]);
    expect(counterexamples).toHaveLength(1);
    expect(shown.get("counterexample-1")).toBe(broken);
  });

  it("keeps apart what happens on one isolate, on two, and within one load", () => {
    const [violation] = broken.result.violations as [CellResult["violations"][number]];
    const told = (isolate: number, load: number) =>
      changed(broken, {
        violations: [
          {
            ...violation,
            because: [
              "step 1 · isolate-1 presents RT F1.g0 for ada/load-1",
              `step 2 · isolate-${isolate} presents RT F1.g0 again for ada/load-${load}`,
            ],
          },
        ],
      });
    expect(reliabilityOf([told(1, 2), told(2, 2), told(1, 1)]).counterexamples).toHaveLength(3);
    expect(reliabilityOf([told(1, 2), told(1, 3)]).counterexamples).toHaveLength(1);
  });

  it("has nothing to show of what ended in an error, whatever it had found", () => {
    const failed = changed(broken, { verdict: "error", error: { code: "NONDETERMINISM", message: "…", hint: "…" } });
    expect(reliabilityOf([failed])).toMatchObject({ cells: [{ outcome: "error", counterexample: null }], counterexamples: [] });
  });

  it("takes names of loads, isolates and issuers for no difference, and another client or another end for one", () => {
    const because = broken.result.violations[0]?.because ?? [];
    const [violation] = broken.result.violations as [CellResult["violations"][number]];
    const renamed = because.map((sentence) => sentence.replaceAll("load-1", "load-3").replaceAll("isolate-1", "isolate-2"));
    const alike = changed(broken, { violations: [{ ...violation, because: renamed }] });
    const other = changed(broken, { violations: [{ ...violation, because: because.slice(1) }] });
    const client = changed(broken, { strategy: "single-flight" });
    expect(reliabilityOf([broken, alike, other, client]).cells.map(({ counterexample }) => counterexample)).toEqual([
      "counterexample-1",
      "counterexample-1",
      "counterexample-2",
      "counterexample-3",
    ]);
  });
});

it("a search that tried every order has proved what holds", () => {
  expect(outcomeOf({ verdict: "holds", completeness: "complete" })).toBe("proved");
  expect(outcomeOf({ verdict: "holds", completeness: "bounded" })).toBe("held");
  expect(outcomeOf({ verdict: "violated", completeness: "bounded" })).toBe("broken");
  expect(outcomeOf({ verdict: "cannot-be-had", completeness: "complete" })).toBe("cannot-be-had");
  expect(outcomeOf({ verdict: "error", completeness: "bounded" })).toBe("error");
});
