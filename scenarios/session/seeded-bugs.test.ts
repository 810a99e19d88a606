import { afterAll, describe, expect, it } from "vitest";
import seededBugs from "../../fixtures/targets/seeded-bugs.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import { shrinkReport } from "../../harness/lanes/shrink-report.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { cellOf } from "../cells.testing.ts";

/** What a seeded bug must be found within, in so many of a hundred seeds, and what is then left of it. */
const SCHEDULES = 2_000;
const FOUND_IN = 0.99;
const MOST_CHOICES = 6;
/** Ten seeds of a hundred here; `HOLDFAST_SEEDS=100 npx vitest run scenarios/session/seeded-bugs` has them all. */
const SEEDS = Number(process.env.HOLDFAST_SEEDS ?? 10);

/** What the searches of one bug came to, over all seeds. */
interface Found {
  readonly schedules: readonly number[];
  readonly choices: readonly number[];
}

const told: string[] = [];
afterAll(() => console.log(told.join("\n")));

async function cell(change: Partial<CellSpec>) {
  return cellOf({ explore: "portfolio", ...change }, { target: seededBugs });
}

async function searched(change: Partial<CellSpec>) {
  return (await runCell(await cell(change))).result;
}

async function soughtBy(seeds: number, change: Partial<CellSpec>): Promise<Found> {
  const [schedules, choices]: [number[], number[]] = [[], []];
  for (let seed = 1; seed <= seeds; seed++) {
    const sought = await cell({ ...change, seed, schedules: SCHEDULES });
    const report = await runCell(sought);
    expect(report.result.error).toBeNull();
    if (report.result.verdict !== "violated") continue;
    schedules.push(report.result.schedules);
    const { result } = await shrinkReport(sought, report);
    expect(result).toMatchObject({ verdict: "violated", error: null });
    expect(result.violations.map(({ invariant }) => invariant)).toContain(report.result.violations[0]?.invariant);
    choices.push(result.shrunk?.to.choices ?? Number.POSITIVE_INFINITY);
  }
  return { schedules, choices };
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
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
  it("and the portfolio finds it, and leaves at most six choices of it", { timeout: 60_000 + SEEDS * 30_000 }, async () => {
    const { schedules, choices } = await soughtBy(SEEDS, { ...broken, ...among });
    told.push(
      `${broken.strategy}: found in ${schedules.length} of ${SEEDS} seeds, after ${median(schedules)} schedules in the median and ${Math.max(...schedules)} at worst; choices left: ${median(choices)}, at worst ${Math.max(...choices)}`,
    );
    expect(schedules.length).toBeGreaterThanOrEqual(FOUND_IN * SEEDS);
    expect(Math.max(...choices)).toBeLessThanOrEqual(MOST_CHOICES);
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
