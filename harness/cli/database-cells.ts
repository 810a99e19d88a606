import { DATABASE_SCENARIOS } from "../../scenarios/postgres/index.ts";
import { sessionRecords } from "../../scenarios/postgres/session-records.ts";
import { profileNamed } from "../issuer/profiles.ts";
import { explorerNamed } from "../lanes/catalogue.ts";
import type { Cell } from "../lanes/cell.ts";
import type { Play } from "../lanes/postgres/lane.ts";
import { playOf } from "../lanes/postgres/play-scenario.ts";
import { sessionPlay } from "../lanes/postgres/play-sessions.ts";
import { asScenario } from "../lanes/postgres/scenario.ts";
import { cellOf, loadTarget } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";

/** A cell of the lane postgres with its names resolved, and what plays it. */
export interface DatabaseCell {
  readonly cell: Cell;
  readonly play: Play;
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
