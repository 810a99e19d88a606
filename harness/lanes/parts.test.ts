import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../explore/random.ts";
import { cellOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import { joined, runCell, runPart } from "./cell.ts";

const SPEC: CellSpec = {
  ...{ scenario: "page-loads-at-expiry", target: "reference", strategy: "single-flight", profile: "workos" },
  ...{ isolates: 1, loads: 3, page: "request", faults: {}, timeSteps: 0, crypto: "inline", lane: "simulation" },
  ...{ explore: "random", schedules: 60, seed: 3, expect: null },
};

/** Holds; is violated in a later part; meets a limit of the issuer, in one part and again in others; needs the length of a run. */
const CELLS: readonly (readonly [string, Partial<CellSpec>])[] = [
  ["that holds", {}],
  ["that is violated", { profile: "zitadel", loads: 2, seed: 1 }],
  ["that meets a limit of the issuer", { strategy: "ledger", profile: "zitadel", isolates: 2, faults: { "issuer-response-lost": 1 } }],
  ["of pct", { explore: "pct" }],
  ["of delays", { explore: "delay", isolates: 2, profile: "better-auth" }],
];

describe.each(CELLS)("a cell %s", (_name, choice) => {
  const spec = { ...SPEC, ...choice };

  it("comes to the same in parts, however it is cut and in whatever order they are given", async () => {
    const cell = await cellOf(spec);
    const whole = withoutTimes(await runCell(cell));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: spec.schedules - 1 }), { maxLength: 4 }), async (cuts) => {
        const starts = [0, ...cuts.sort((a, b) => a - b)];
        const parts: Part[] = [];
        for (const [index, from] of starts.entries()) {
          const schedules = (starts[index + 1] ?? spec.schedules) - from;
          // As it comes back from a file.
          parts.unshift(JSON.parse(JSON.stringify(await runPart(cell, { from, schedules }))));
        }
        expect(withoutTimes(joined(cell, parts))).toEqual(whole);
      }),
      { numRuns: 3 },
    );
  });
});

it("a cell of which a part is missing counts up to there, and is said to have been interrupted", async () => {
  const cell = await cellOf(SPEC);
  const parts = [await runPart(cell, { from: 0, schedules: 20 }), await runPart(cell, { from: 40, schedules: 20 })];
  const { result } = joined(cell, parts);
  expect(result).toMatchObject({ schedules: 20, interrupted: true, verdict: "holds" });
  expect(joined(cell, []).result).toMatchObject({ schedules: 0, interrupted: true });
});

it("a part that somebody stops is kept up to there", async () => {
  const cell = await cellOf(SPEC);
  let asked = 0;
  const part = await runPart(cell, { from: 10, schedules: 20 }, { isStopped: () => ++asked > 5 });
  expect(part).toMatchObject({ from: 10, schedules: 5, interrupted: true });
  expect(joined(cell, [await runPart(cell, { from: 0, schedules: 10 }), part]).result).toMatchObject({ schedules: 15, interrupted: true });
});

it("what a scenario must reach may be reached in any part, and only then it has shown something", async () => {
  const cell = await cellOf(SPEC);
  const part = { ...(await runPart(cell, { from: 0, schedules: 60 })), reached: [] };
  expect(joined(cell, [part]).result).toMatchObject({ verdict: "error", error: { code: "VACUOUS" } });
  expect(random.divides).toBe(true);
});

function withoutTimes({ result, counterexample }: CellReport) {
  return { result: { ...result, durationMs: 0 }, counterexample };
}
