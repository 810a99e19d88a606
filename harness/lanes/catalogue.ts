import type { Explorer } from "../explore/explorer.ts";
import { EXPLORERS } from "../explore/index.ts";
import { INVARIANTS } from "../invariants/index.ts";
import { profileNamed, profiles } from "../issuer/profiles.ts";
import type { CellSpec } from "../model/cell.ts";
import { unknownName } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { FAULTS } from "./faults.ts";
import type { Setting } from "./simulation.ts";

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
  if (!target.strategies.includes(spec.strategy)) throw unknownName(`strategy of ${target.name}`, spec.strategy, target.strategies);
  return { spec, scenario, target, profile };
}

/** @throws HoldfastError `BAD_USAGE` for a name that no explorer has. */
export function explorerNamed(name: string): Explorer {
  const explorer = EXPLORERS.get(name);
  if (explorer === undefined) throw unknownName("explorer", name, [...EXPLORERS.keys()]);
  return explorer;
}
