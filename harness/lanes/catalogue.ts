import { EXPLORERS } from "../explore/index.ts";
import { INVARIANTS } from "../invariants/index.ts";
import { profiles } from "../issuer/profiles.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import type { Cell } from "./cell.ts";
import { FAULTS } from "./faults.ts";

/** A name and a line of explanation, for `holdfast list`. */
export interface Entry {
  readonly name: string;
  readonly describe: string;
}

/** Everything that a cell can name, except scenarios and targets, which come from outside. */
export const CATALOGUE = {
  profiles: Object.values(profiles).map(({ name, source }): Entry => ({ name, describe: source })),
  explorers: [...EXPLORERS.values()] as readonly Entry[],
  invariants: Object.values(INVARIANTS).map(({ id, holds }): Entry => ({ name: id, describe: `holds when ${holds}` })),
  faults: FAULTS as readonly Entry[],
} as const;

/**
 * A cell from its names and the two things that come from outside.
 *
 * @throws HoldfastError `BAD_USAGE` that says which name was expected, and which there are.
 */
export function resolveNames(spec: CellSpec, scenario: Scenario, target: Target): Cell {
  const profile = Object.values(profiles).find(({ name }) => name === spec.profile);
  if (profile === undefined) throw unknownName("profile", spec.profile, Object.keys(profiles));
  const explorer = EXPLORERS.get(spec.explore);
  if (explorer === undefined) throw unknownName("explorer", spec.explore, [...EXPLORERS.keys()]);
  if (!target.strategies.includes(spec.strategy)) throw unknownName(`strategy of ${target.name}`, spec.strategy, target.strategies);
  return { spec, scenario, target, profile, explorer };
}

/** What to say of a name that nobody knows. */
export function unknownName(kind: string, name: string, known: readonly string[]): HoldfastError {
  return new HoldfastError("BAD_USAGE", `expected a ${kind}, got "${name}"`, `known: ${known.join(", ")}`);
}
