import { random } from "../../harness/explore/random.ts";
import { profiles } from "../../harness/issuer/profiles.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import type { Scenario } from "../../harness/model/scenario.ts";
import type { Target } from "../../harness/model/target.ts";
import { reference } from "../../harness/targets/reference/target.ts";
import { loadWorkosNode } from "../../harness/targets/workos-node/target.ts";
import { pageLoadsAtExpiry } from "../page-loads-at-expiry.ts";

const WARM_UP = 30;
/** Milliseconds that the timed cell should take. */
const LENGTH = 2_500;

interface CellRate {
  readonly target: string;
  readonly strategy: string;
  readonly schedules: number;
  readonly perSecond: number;
  readonly steps: number;
  readonly verdict: string;
}

/** What a user runs: whole cells, with sign-in, jars, monitors, state counting, self-check and two lifetimes afterwards. */
export async function measureCells(): Promise<readonly CellRate[]> {
  const rates: CellRate[] = [];
  for (const target of [await loadWorkosNode(), reference]) {
    const warm = await cell(target, WARM_UP);
    rates.push(await cell(target, Math.min(5_000, Math.max(WARM_UP, Math.round((LENGTH / 1000) * warm.perSecond)))));
  }
  return rates;
}

async function cell(target: Target, schedules: number): Promise<CellRate> {
  const strategy = target.strategies[0] ?? "";
  const spec = {
    scenario: pageLoadsAtExpiry.name,
    target: target.name,
    profile: "workos",
    strategy,
    ...pageLoadsAtExpiry.defaults,
    faults: {},
    timeSteps: 0,
    crypto: "inline",
    lane: "simulation",
    explore: random.name,
    schedules,
    seed: 1,
    expect: null,
  } as const;
  const { result } = await runCell({ spec, scenario: pageLoadsAtExpiry as Scenario, target, profile: profiles.workos, explorer: random });
  if (result.error !== null) throw new Error(`${target.name}: ${result.error.message}`);
  return {
    target: target.name,
    strategy,
    schedules: result.schedules,
    perSecond: (result.schedules / result.durationMs) * 1000,
    steps: result.steps.mean,
    verdict: result.verdict,
  };
}
