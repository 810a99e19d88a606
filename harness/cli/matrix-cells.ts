import { CATALOGUE } from "../lanes/catalogue.ts";
import { parseFaults } from "../lanes/faults.ts";
import type { CellSpec, Granularity } from "../model/cell.ts";

/** The race that every client of the matrix is in: two loads at expiry that two isolates answer. */
export const RACE = { scenario: "page-loads-at-expiry", isolates: 2, loads: 2 } as const;

/** How far the search of a cell goes unless somebody says otherwise: most are through with every order of events by then. */
export const SCHEDULES = 300;

/** What may go wrong beside the race: nothing, each fault once, or that time passes while messages are on their way. */
export const CIRCUMSTANCES: readonly { readonly name: string; readonly faults: string; readonly timeSteps: number }[] = [
  { name: "none", faults: "", timeSteps: 0 },
  ...CATALOGUE.faults.map(({ name }) => ({ name, faults: `${name}:1`, timeSteps: 0 })),
  { name: "time-passes", faults: "", timeSteps: 1 },
];

/** Which part of the matrix: rows, columns and what may go wrong. */
export interface Part {
  /** A target by what it is found by, and one of its strategies. */
  readonly clients: readonly { readonly target: string; readonly strategy: string }[];
  readonly profiles: readonly string[];
  /** Names of {@link CIRCUMSTANCES}. */
  readonly circumstances: readonly string[];
  readonly crypto: Granularity;
  readonly schedules: number;
  readonly seed: number;
}

/** The cells of a part of the matrix: each client under each profile in each circumstance, in every order. */
export function matrixCells({ clients, profiles, circumstances, ...search }: Part): readonly CellSpec[] {
  const chosen = CIRCUMSTANCES.filter(({ name }) => circumstances.includes(name));
  return clients.flatMap(({ target, strategy }) =>
    profiles.flatMap((profile) =>
      chosen.map(({ faults, timeSteps }) => ({
        ...RACE,
        ...{ target, strategy, profile, page: "request" as const, faults: parseFaults(faults), timeSteps },
        ...{ lane: "simulation" as const, explore: "exhaustive", ...search, expect: null },
      })),
    ),
  );
}
