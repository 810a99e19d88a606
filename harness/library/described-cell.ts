import { usualGranularity } from "../lanes/granularity.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";

/** The budget of a cell when nobody says otherwise: what samples is never done, and what tries everything is. */
const SCHEDULES = 500;
const ALL_SCHEDULES = 1_000_000;

/** What people say of a cell beyond what it is made of; the rest is as usual. */
type CellChoices = { readonly [K in Exclude<keyof CellSpec, "scenario" | "target">]?: CellSpec[K] | undefined };

/**
 * The cell that somebody describes: what is left out is the scenario's, the target's first strategy, and else what `holdfast run` takes.
 *
 * @param name what the target is found by
 */
export function describedCell(choices: CellChoices, scenario: Scenario, target: Target, name: string): CellSpec {
  const loads = choices.loads ?? scenario.defaults.loads;
  const explore = choices.explore ?? "portfolio";
  return {
    scenario: scenario.name,
    story: choices.story,
    target: name,
    profile: choices.profile ?? "workos",
    strategy: choices.strategy ?? (target.strategies[0] as string),
    isolates: choices.isolates ?? scenario.defaults.isolates,
    loads,
    page: choices.page ?? scenario.defaults.page,
    faults: choices.faults ?? {},
    timeSteps: choices.timeSteps ?? 0,
    crypto: choices.crypto ?? usualGranularity(target, explore, loads),
    lane: choices.lane ?? "simulation",
    explore,
    schedules: choices.schedules ?? (explore === "exhaustive" ? ALL_SCHEDULES : SCHEDULES),
    seed: choices.seed ?? 1,
    expect: null,
  };
}
