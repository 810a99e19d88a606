import { expect, it } from "vitest";
import type { CellSpec } from "../model/cell.ts";
import type { Failure, Part } from "../model/part.ts";
import { cellResult, failed, holding, violated } from "./cells.testing.ts";
import { renderShard, type ShownPart, type ShownShard } from "./terminal-shard.ts";

const EMPTY: ShownShard = {
  shard: { index: 2, count: 4 },
  ...{ folder: "out", folders: "reports/shard-*-of-4", reports: [], parts: [], traces: [] },
};
const shown = (told: Partial<ShownShard>) => renderShard({ ...EMPTY, ...told }, { command: "holdfast" });

const failure: Failure = { verdict: "violated", violations: violated().result.violations, counterexample: [], shrunk: null };

function part(over: Partial<Part> = {}, report = holding({ expect: "holds" })): ShownPart {
  const spec = { scenario: "page-loads-at-expiry", schedules: 200 } as CellSpec;
  const none = { steps: { min: 1, max: 1, sum: 1 }, traceHash: "", reached: [], states: [], found: [], smaller: null, durationMs: 1 };
  return { spec, part: { from: 40, schedules: 60, failure: null, error: null, interrupted: false, ...none, ...over }, report };
}

it("a shard with nothing to do says which it is, and who judges", () => {
  expect(shown({})).toBe(
    [
      "Shard 2 of 4: 0 whole cells, 0 parts of others and 0 recorded traces, in out.",
      "",
      "When all 4 are done, this joins them and judges the run:",
      "  holdfast merge reports/shard-*-of-4",
      "",
    ].join("\n"),
  );
});

it("shows the cells that it had whole as a run does", () => {
  const text = shown({ reports: [holding({ expect: "holds" }), holding({ expect: "violated", explore: "random" })] });
  expect(text).toContain("✗ surprise");
  expect(text).toContain("2 cells: 2 hold; 1 unexpected.");
  expect(text).toContain("Shard 2 of 4: 2 whole cells");
});

it("says of each part which schedules it is, and what it has come to so far", () => {
  const { error } = failed().result;
  const lines = [
    part(),
    part({ failure }, violated({ expect: "holds" })),
    part({ failure: { ...failure, verdict: "cannot-be-had" } }),
    part({ error }, failed({ expect: "holds" })),
    part({ schedules: 3, interrupted: true }),
    part({ schedules: 0, interrupted: true }),
  ].map(
    (one) =>
      shown({ parts: [one] })
        .replace(/\n {2}(?=\S)/g, " ")
        .split("\n")[0],
  );
  expect(lines.map((line) => line?.replace(/^.*: (?=schedules|no schedule)/, ""))).toEqual([
    "schedules 41 to 100 of 200, nothing broken",
    "schedules 41 to 100 of 200, VIOLATED (no-spurious-logout)",
    "schedules 41 to 100 of 200, cannot-be-had (no-spurious-logout)",
    "schedules 41 to 100 of 200, error",
    "schedules 41 to 43 of 200, nothing broken, cut off",
    "no schedule, nothing broken, cut off",
  ]);
});

it("says why a part ended in an error, and nothing of what only the whole cell must reach", () => {
  const error = { code: "ESCAPED", message: "a socket", hint: "go through fetch" } as const;
  expect(shown({ parts: [part({ error }, failed({ error }))] })).toContain("error ESCAPED in");
  const vacuous = failed({ error: { code: "VACUOUS", message: "never reached", hint: "more loads" }, expect: "holds" });
  expect(shown({ parts: [part({}, vacuous)] })).not.toContain("VACUOUS");
});

it("shows a counterexample where nobody expected anything, also of a part", () => {
  expect(shown({ parts: [part({ failure }, violated())] })).toContain("Play it again:");
  expect(shown({ parts: [part({ failure }, violated({ expect: "holds" }))] })).not.toContain("Play it again:");
});

it("that somebody stopped says what was done", () => {
  const reports = [holding(), { result: cellResult({ interrupted: true }), counterexample: null }];
  expect(shown({ reports, notStarted: 3 })).toContain("Interrupted: 1 cell was done, 1 was cut off, 3 were not begun.");
});
