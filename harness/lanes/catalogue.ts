import type { Explorer } from "../explore/explorer.ts";
import { EXPLORERS } from "../explore/index.ts";
import { INVARIANTS } from "../invariants/index.ts";
import { profileNamed, profiles } from "../issuer/profiles.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError, unknownName } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import type { TimedScenario, TimedSpec } from "../model/timed.ts";
import { formatLatencies, parseLatencies } from "../sim/latency.ts";
import { FAULTS } from "./faults.ts";
import type { Setting } from "./simulation.ts";
import type { TimedSetting } from "./timed-world.ts";

/** A name and a line of explanation, for `holdfast list`. */
export interface Entry {
  readonly name: string;
  readonly describe: string;
}

/** Everything that a cell can name, except scenarios and targets, which come from outside. */
export const CATALOGUE = {
  profiles: Object.values(profiles).map(({ name, summary, evidence }): Entry => ({ name, describe: `${evidence} · ${summary}` })),
  explorers: [...EXPLORERS.values()] as readonly Entry[],
  invariants: Object.values(INVARIANTS).map(({ id, holds }): Entry => ({ name: id, describe: `holds when ${holds}` })),
  faults: FAULTS as readonly Entry[],
} as const;

/**
 * What a cell's names stand for.
 *
 * @param profile one's own, where it is not one that comes with Holdfast
 * @throws HoldfastError `BAD_USAGE` that says which name was expected, and which there are.
 */
export function resolveSetting(spec: CellSpec, scenario: Scenario, target: Target, profile = profileNamed(spec.profile)): Setting {
  assertOffered(target, spec.strategy);
  const missing = missingOf(scenario, target);
  if (missing.length === 0) return { spec, scenario, target, profile };
  throw new HoldfastError(
    "BAD_USAGE",
    `expected a target that says where it takes ${missing.join(" and ")}, which ${scenario.name} needs, got ${target.name}`,
    "name the path in the target's routes",
  );
}

/** What a scenario needs of a target beyond pages, and the target does not offer. */
export function missingOf({ needs = [] }: Scenario, { routes = {} }: Target): readonly string[] {
  return needs.filter((need) => routes[need] === undefined);
}

/**
 * The same for a timed cell.
 *
 * @throws HoldfastError `BAD_USAGE` for an unknown name, and for latencies that are none
 */
export function resolveTimed(spec: TimedSpec, scenario: TimedScenario, target: Target): TimedSetting {
  const profile = profileNamed(spec.profile);
  assertOffered(target, spec.strategy);
  parseLatencies(spec.latency);
  return { spec, scenario, target, profile };
}

/**
 * Latencies in full: what is said of some hops, and of the others what is usual.
 *
 * @throws HoldfastError `BAD_USAGE` for an unknown hop or what is no duration
 * @example
 * ```ts
 * wholeLatency("issuer=80/900"); // "browser=40/400,issuer=80/900,store=1/10,crypto=0"
 * ```
 */
export function wholeLatency(text: string): string {
  return formatLatencies(parseLatencies(text));
}

function assertOffered({ name, strategies }: Target, strategy: string): void {
  if (!strategies.includes(strategy)) throw unknownName(`strategy of ${name}`, strategy, strategies);
}

/** @throws HoldfastError `BAD_USAGE` for a name that no explorer has. */
export function explorerNamed(name: string): Explorer {
  const explorer = EXPLORERS.get(name);
  if (explorer === undefined) throw unknownName("explorer", name, [...EXPLORERS.keys()]);
  return explorer;
}
