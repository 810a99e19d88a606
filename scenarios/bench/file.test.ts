import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { benchFile } from "../../harness/report/bench-file.ts";
import { COSTS_CELL, MOST_LOADS, proofCost } from "./costs.ts";
import { BENCH_FILE } from "./file.ts";
import { WEIGHTS } from "./scenario.ts";

describe("the committed bench", () => {
  const committed = benchFile.parse(JSON.parse(readFileSync(BENCH_FILE, "utf8")));

  it("has every part", () => {
    for (const weight of WEIGHTS) expect(committed.ratios.map(({ what }) => what)).toContain(`schedules ${weight}, beside fast-check`);
    expect(committed.cell).toBe(COSTS_CELL);
    expect(committed.proofs.map(({ loads }) => loads)).toEqual(Array.from({ length: MOST_LOADS - 1 }, (_, index) => 2 + index));
    expect(new Set(committed.samplers.map(({ loads }) => loads)).size).toBe(MOST_LOADS - 1);
  });

  it("is no older than the code: the smallest proofs come to the same", async () => {
    for (const loads of [2, 3]) {
      const { seconds: _now, ...is } = await proofCost(loads);
      expect(committed.proofs.find((proof) => proof.loads === loads)).toMatchObject(is);
    }
  });
});
