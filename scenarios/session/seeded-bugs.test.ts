import { describe, expect, it } from "vitest";
import seededBugs from "../../fixtures/targets/seeded-bugs.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { cellOf } from "../cells.testing.ts";

/** What a seeded bug must be found within. */
const SCHEDULES = 2_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

async function searched(change: Partial<CellSpec>) {
  return (await runCell(await cellOf({ explore: "portfolio", ...change }, { target: seededBugs }))).result;
}

describe.each([
  {
    bug: "every request refreshes, as if each issuer had a grace",
    broken: { strategy: "no-grace", profile: "better-auth" },
    mended: { strategy: "no-grace", profile: "workos" },
    among: { loads: 2 },
  },
  {
    bug: "an answer sets the cookie that another one has replaced",
    broken: { strategy: "lost-update", profile: "workos" },
    mended: { strategy: "no-update", profile: "workos" },
    among: { loads: 3 },
  },
  {
    bug: "a flight is forgotten while requests with its token are on their way",
    broken: { strategy: "cleared-early", profile: "zitadel" },
    mended: { strategy: "kept", profile: "zitadel" },
    among: { loads: 3 },
  },
  {
    bug: "an isolate takes a lease that it saw free before another took it",
    broken: { strategy: "check-then-act", profile: "zitadel" },
    mended: { strategy: "compare-and-set", profile: "zitadel" },
    among: { loads: 2, isolates: 2 },
  },
])("a bug is seeded: $bug", ({ broken, mended, among }) => {
  it.each(SEEDS)("and the portfolio finds it within two thousand schedules with seed %i", async (seed) => {
    expect(await searched({ ...broken, ...among, seed, schedules: SCHEDULES })).toMatchObject({ verdict: "violated", error: null });
  });

  it("and nothing is found where it is mended", async () => {
    expect(await searched({ ...mended, ...among, schedules: 100 })).toMatchObject({ verdict: "holds", schedules: 100, error: null });
  });

  it("and mended it is proved, as far as pages that are alike go", async () => {
    const result = await searched({ ...mended, ...among, loads: 2, explore: "exhaustive", schedules: 20_000 });
    expect(result).toMatchObject({ verdict: "holds", completeness: "complete", error: null });
  });
});

describe("a digest is awaited between looking for a flight and entering one", () => {
  const everything = { profile: "zitadel", loads: 2, explore: "exhaustive", schedules: 20_000 } as const;

  it("which nobody sees where WebCrypto results come within the step: the proof is falsely clean", async () => {
    const result = await searched({ ...everything, strategy: "digest-between", crypto: "inline" });
    expect(result).toMatchObject({ verdict: "holds", completeness: "complete", granularity: "crypto=inline" });
  });

  it.each(["ordered", "interleaved"] as const)("and which is found where they are %s", async (crypto) => {
    expect(await searched({ ...everything, strategy: "digest-between", crypto })).toMatchObject({ verdict: "violated", error: null });
  });

  it.each(["ordered", "interleaved"] as const)("while what is mended is proved where they are %s", async (crypto) => {
    const result = await searched({ ...everything, strategy: "digest-before", crypto });
    expect(result).toMatchObject({ verdict: "holds", completeness: "complete", granularity: `crypto=${crypto}`, error: null });
  });
});
