import { explorerNamed, resolveSetting } from "../harness/lanes/catalogue.ts";
import type { Cell } from "../harness/lanes/search-cell.ts";
import type { CellSpec } from "../harness/model/cell.ts";
import type { Scenario } from "../harness/model/scenario.ts";
import type { Target } from "../harness/model/target.ts";
import { BUILT_IN_TARGETS } from "../harness/targets/index.ts";
import { SCENARIOS } from "./index.ts";

const SPEC: CellSpec = {
  scenario: "page-loads-at-expiry",
  target: "reference",
  profile: "workos",
  strategy: "single-flight",
  isolates: 1,
  loads: 8,
  page: "request",
  faults: {},
  timeSteps: 0,
  crypto: "inline",
  lane: "simulation",
  explore: "random",
  schedules: 100,
  seed: 1,
  expect: null,
};

const loaded = new Map<string, Promise<Target>>();

/** A cell that differs from the usual one in what the test is about. */
export async function cellOf(
  change: Partial<CellSpec>,
  things: { readonly target?: Target; readonly scenario?: Scenario } = {},
): Promise<Cell> {
  const named = { ...SPEC, ...change };
  const target = things.target ?? (await builtIn(named.target));
  const strategy = target.strategies.includes(named.strategy) ? named.strategy : (target.strategies[0] as string);
  const setting = resolveSetting(
    { ...named, strategy, target: target.name },
    things.scenario ?? (SCENARIOS.get(named.scenario) as Scenario),
    target,
  );
  return { ...setting, explorer: explorerNamed(setting.spec.explore) };
}

function builtIn(name: string): Promise<Target> {
  let target = loaded.get(name);
  if (target === undefined) {
    target = BUILT_IN_TARGETS.get(name)?.();
    if (target === undefined) throw new Error(`no target ${name}`);
    loaded.set(name, target);
  }
  return target;
}
