import { DATABASE_SCENARIOS } from "../../scenarios/postgres/index.ts";
import { sessionRecords } from "../../scenarios/postgres/session-records.ts";
import { profileNamed } from "../issuer/profiles.ts";
import { explorerNamed } from "../lanes/catalogue.ts";
import type { Cell } from "../lanes/cell.ts";
import { parseFaults } from "../lanes/faults.ts";
import type { Play } from "../lanes/postgres/lane.ts";
import { playOf } from "../lanes/postgres/play-scenario.ts";
import { sessionPlay } from "../lanes/postgres/play-sessions.ts";
import { asScenario } from "../lanes/postgres/scenario.ts";
import { cellOf, loadTarget } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";
import { unknownName } from "../model/error.ts";

/** A cell of the lane postgres with its names resolved, and what plays it. */
export interface DatabaseCell {
  readonly cell: Cell;
  readonly play: Play;
}

/** What may be said of the cells of this lane; the rest is as usual. */
export interface DatabaseChoices {
  readonly isolates?: number;
  readonly loads?: number;
  readonly faults?: string;
  readonly timeSteps?: number;
  readonly explore?: string;
  readonly schedules?: number;
  readonly seed: number;
}

/** The budget of a cell when nobody says otherwise: what samples is never done, and what tries everything is. */
const SCHEDULES = 200;
const ALL_SCHEDULES = 1_000_000;

/**
 * The cells that somebody describes: of each scenario one, searched in full.
 *
 * @throws HoldfastError `BAD_USAGE` for a name that nobody has
 */
export function chosenDatabaseCells(names: readonly string[], choices: DatabaseChoices): readonly CellSpec[] {
  const { isolates, loads, timeSteps = 0, explore = "exhaustive", seed } = choices;
  const faults = parseFaults(choices.faults ?? "", "postgres");
  const known = [...DATABASE_SCENARIOS.keys()];
  return (names.length === 0 ? known : names).map((name) => {
    const scenario = DATABASE_SCENARIOS.get(name);
    if (scenario === undefined) throw unknownName("scenario of the lane postgres", name, known);
    return {
      ...{ scenario: name, target: "reference", profile: NO_PROFILE, strategy: REPOSITORY, page: "request", faults, timeSteps, seed },
      ...{ loads: loads ?? scenario.defaults.loads, isolates: isolates ?? scenario.defaults.isolates },
      ...{ crypto: "inline", lane: "postgres", explore, expect: null },
      schedules: choices.schedules ?? (explore === "exhaustive" ? ALL_SCHEDULES : SCHEDULES),
    };
  });
}

/** No issuer takes part in a scenario of the repository. */
export const NO_PROFILE = "–";
/** What it is that such a scenario is about. */
export const REPOSITORY = "repository";

/**
 * Finds what the names of a cell stand for: a scenario of the repository, or one of the simulation, whose isolates then meet in Postgres.
 *
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` that says what was expected
 */
export async function databaseCellOf(spec: CellSpec): Promise<DatabaseCell> {
  const scenario = DATABASE_SCENARIOS.get(spec.scenario);
  if (scenario === undefined) return { cell: await cellOf(spec), play: sessionPlay(sessionRecords) };
  const [target, profile, explorer] = [await loadTarget("reference"), profileNamed("workos"), explorerNamed(spec.explore)];
  return { cell: { spec, scenario: asScenario(scenario), target, profile, explorer }, play: playOf(scenario) };
}
