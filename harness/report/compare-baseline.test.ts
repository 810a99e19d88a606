import { describe, expect, it } from "vitest";
import type { CellResult } from "../model/cell.ts";
import { baselineName, baselineOf, type Catalogued, parseBaseline, renderBaseline } from "./baseline.ts";
import { cellResult } from "./cells.testing.ts";
import { compare } from "./compare-baseline.ts";

const broken = (invariant: "no-spurious-logout" | "no-token-reuse") => ({ invariant, because: ["step 1"], replay: "hf1_x" });
const HOLDS = cellResult({ strategy: "ledger", states: 1_000 });
const PROVED = cellResult({ strategy: "ledger", completeness: "complete", states: 1_000 });
const VIOLATED = cellResult({ strategy: "ledger", verdict: "violated", violations: [broken("no-spurious-logout")] });
const LOST = cellResult({ strategy: "ledger", verdict: "cannot-be-had", violations: [broken("no-spurious-logout")] });
const ERROR = cellResult({ strategy: "ledger", verdict: "error", error: { code: "DEADLOCK", message: "", hint: "" } });

const CATALOGUE: Catalogued = {
  bugs: [
    { id: "01-race", found: true },
    { id: "02-late", found: true },
    { id: "03-hard", found: false },
  ],
  correct: [{ target: "reference", strategy: "ledger", broken: [] }],
};

/** What a change from one result to another comes to. */
function change(before: CellResult, now: CellResult) {
  return compare(baselineOf({ cells: [before], catalogue: null }), { cells: [now], catalogue: null });
}

describe("a gate is shut by", () => {
  it.each<[string, CellResult, CellResult, string, string]>([
    ["a new violation", HOLDS, VIOLATED, "new-violation", "holds before, VIOLATED (no-spurious-logout) now"],
    ["a violation of what could not be had", LOST, VIOLATED, "new-violation", "cannot-be-had (no-spurious-logout) before, VIOLATED"],
    [
      "another violation than before",
      VIOLATED,
      { ...VIOLATED, violations: [broken("no-spurious-logout"), broken("no-token-reuse")] },
      "new-violation",
      "VIOLATED (no-spurious-logout, no-token-reuse) now",
    ],
    ["what cannot be had any more", PROVED, LOST, "lost-session", "proved before, cannot-be-had"],
    ["an error", VIOLATED, ERROR, "error", "error now: DEADLOCK"],
    ["a lost proof", PROVED, { ...HOLDS, schedules: 500 }, "no-proof", "proved before, now held for 500 schedules"],
    ["a search that sees less", HOLDS, { ...HOLDS, states: 899 }, "coverage", "through 1,000 states, and now through 899"],
  ])("%s", (_, before, now, kind, how) => {
    const { falls, same } = change(before, now);
    expect(falls).toEqual([{ kind, what: baselineName(before), how: expect.stringContaining(how) }]);
    expect(same).toBe(0);
  });

  it("a cell that was not run", () => {
    const baseline = baselineOf({ cells: [HOLDS, { ...HOLDS, profile: "workos" }], catalogue: null });
    const { falls } = compare(baseline, { cells: [HOLDS], catalogue: null });
    expect(falls).toMatchObject([{ kind: "not-run", what: expect.stringContaining("workos") }]);
  });

  it("a known bug that is missed, a false alarm, and a catalogue that was not run", () => {
    const baseline = baselineOf({ cells: [], catalogue: CATALOGUE });
    const missed = { ...CATALOGUE, bugs: CATALOGUE.bugs.map(({ id }) => ({ id, found: id === "01-race" })) };
    expect(compare(baseline, { cells: [], catalogue: missed }).falls).toMatchObject([{ kind: "recall", what: "02-late" }]);
    const alarmed = { ...CATALOGUE, correct: [{ target: "reference", strategy: "ledger", broken: ["no-token-reuse"] }] };
    expect(compare(baseline, { cells: [], catalogue: alarmed }).falls).toEqual([
      { kind: "false-alarm", what: "reference/ledger", how: "it is correct, and no-token-reuse says that it is broken" },
    ]);
    expect(compare(baseline, { cells: [], catalogue: null }).falls.map(({ kind }) => kind)).toEqual(["recall", "recall"]);
  });

  it("a cell that nobody knows, where it breaks what nobody expected it to break", () => {
    const unknown = (now: CellResult) => compare(baselineOf({ cells: [], catalogue: null }), { cells: [now], catalogue: null });
    expect(unknown(VIOLATED).falls).toMatchObject([{ kind: "new-violation" }]);
    expect(unknown(ERROR).falls).toMatchObject([{ kind: "error" }]);
    expect(unknown({ ...VIOLATED, expect: "violated" }).falls).toEqual([]);
    expect(unknown(HOLDS)).toMatchObject({ falls: [], unknown: [baselineName(HOLDS)] });
  });
});

describe("recorded traces", () => {
  const trace = { file: "a.json", expect: "holds", verdict: "violated", asRecorded: false, departure: null, error: null } as const;
  const falls = (over: object) =>
    compare(baselineOf({ cells: [], catalogue: null }), { cells: [], traces: [{ ...trace, ...over }], catalogue: null }).falls;

  it("shut a gate where they come to something else that does not hold, or cannot be played", () => {
    expect(falls({})).toEqual([{ kind: "trace", what: "a.json", how: "recorded as holds, VIOLATED now" }]);
    const error = { code: "DEADLOCK", message: "", hint: "" };
    expect(falls({ verdict: "error", error })).toEqual([{ kind: "trace", what: "a.json", how: "it cannot be played: DEADLOCK" }]);
  });

  it("leave it open where they come to what was recorded, or hold", () => {
    expect(falls({ expect: "violated", asRecorded: true })).toEqual([]);
    expect(falls({ expect: "violated", verdict: "holds" })).toEqual([]);
  });
});

describe("a gate is open to", () => {
  it.each<[string, CellResult, CellResult]>([
    ["what is as it was", VIOLATED, VIOLATED],
    ["fewer violations", { ...VIOLATED, violations: [broken("no-spurious-logout"), broken("no-token-reuse")] }, VIOLATED],
    ["a search that sees a little less", HOLDS, { ...HOLDS, states: 900 }],
    ["a proof with fewer states", PROVED, { ...PROVED, states: 10 }],
    ["an error that was one", ERROR, ERROR],
  ])("%s", (_, before, now) => {
    expect(change(before, now)).toMatchObject({ falls: [], same: 1, better: [] });
  });

  it.each<[string, CellResult, CellResult]>([
    ["a proof of what held", HOLDS, PROVED],
    ["what holds again", VIOLATED, HOLDS],
    ["what only cannot be had", VIOLATED, LOST],
  ])("what is better: %s", (_, before, now) => {
    expect(change(before, now)).toMatchObject({ falls: [], same: 0, better: [baselineName(before)] });
  });
});

describe("a baseline", () => {
  it("is a line a cell, and reads back as it was written", () => {
    const baseline = baselineOf({ cells: [VIOLATED, { ...HOLDS, profile: "workos" }], catalogue: CATALOGUE });
    const text = renderBaseline(baseline);
    expect(text.split("\n").filter((line) => line.startsWith('    "page-loads-at-expiry'))).toHaveLength(2);
    expect(parseBaseline(text, "b.json")).toEqual(baseline);
    expect(parseBaseline(renderBaseline(baselineOf({ cells: [], catalogue: null })), "b.json")).toEqual({
      version: 1,
      cells: {},
      found: null,
    });
  });

  it("names cells by all that says what was run", () => {
    const names = [
      ...[HOLDS, { ...HOLDS, loads: 3 }, { ...HOLDS, faults: "issuer-503:1" }, { ...HOLDS, granularity: "crypto=ordered" }],
      ...[
        { ...HOLDS, explore: "random" },
        { ...HOLDS, isolates: 2 },
        { ...HOLDS, timeSteps: 1 },
      ],
    ].map(baselineName);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has each cell once, and knows lanes apart", () => {
    expect(() => baselineOf({ cells: [HOLDS, HOLDS], catalogue: null })).toThrow(expect.objectContaining({ code: "BAD_USAGE" }));
    expect(baselineName({ ...HOLDS, lane: "postgres" })).not.toBe(baselineName(HOLDS));
  });

  it.each([
    ["not JSON", "expected b.json to be JSON, but Unexpected token"],
    ["[]", "expected b.json to be what `holdfast gate --update` writes"],
    ['{"version":2,"cells":{},"found":null}', "expected version of b.json to be 1, got 2"],
    ['{"version":1,"cells":{"a":{"verdict":"fine"}},"found":null}', "expected cells.a.verdict of b.json to be a verdict"],
  ])("is refused where it is none: %s", (text, message) => {
    expect(() => parseBaseline(text, "b.json")).toThrow(
      expect.objectContaining({ code: "BAD_USAGE", message: expect.stringContaining(message) }),
    );
  });
});
