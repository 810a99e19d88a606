import { SCENARIOS } from "../../scenarios/index.ts";
import { DATABASE_SCENARIOS, SESSION_SCENARIOS } from "../../scenarios/postgres/index.ts";
import { sessionRecords } from "../../scenarios/postgres/session-records.ts";
import { profileNamed } from "../issuer/profiles.ts";
import { explorerNamed, resolveSetting } from "../lanes/catalogue.ts";
import { parseFaults } from "../lanes/faults.ts";
import type { Play } from "../lanes/postgres/lane.ts";
import { playOf } from "../lanes/postgres/play-scenario.ts";
import { sessionPlay } from "../lanes/postgres/play-sessions.ts";
import { asScenario } from "../lanes/postgres/scenario.ts";
import type { Cell } from "../lanes/search-cell.ts";
import { describedCell } from "../library/described-cell.ts";
import { loadTarget } from "../library/registry.ts";
import type { CellSpec, Granularity } from "../model/cell.ts";
import { HoldfastError, unknownName } from "../model/error.ts";
import type { Scenario } from "../model/scenario.ts";

/** A cell of the lane postgres with its names resolved, and what plays it. */
export interface DatabaseCell {
  readonly cell: Cell;
  readonly play: Play;
}

/** What may be said of the cells of this lane; the rest is as usual. */
export interface DatabaseChoices {
  readonly target?: string;
  readonly profile?: string;
  readonly strategy?: string;
  readonly isolates?: number;
  readonly loads?: number;
  readonly faults?: string;
  readonly timeSteps?: number;
  readonly crypto?: Granularity;
  readonly explore?: string;
  readonly schedules?: number;
  readonly seed: number;
}

/** The budget of a cell when nobody says otherwise: what samples is never done, and what tries everything is. */
const SCHEDULES = 200;
const ALL_SCHEDULES = 1_000_000;

/**
 * The cells that somebody describes: of each scenario one, searched in full. Who names no scenario means all that only this lane has.
 *
 * @throws HoldfastError `BAD_USAGE` for a name that nobody has
 */
export async function chosenDatabaseCells(names: readonly string[], choices: DatabaseChoices): Promise<readonly CellSpec[]> {
  const reference = await loadTarget("reference");
  const { explore = "exhaustive", target = "reference" } = choices;
  if (target !== "reference") throw notHere("the target reference", target);
  const usual = {
    ...{ ...choices, explore, faults: parseFaults(choices.faults ?? "", "postgres"), lane: "postgres" as const },
    schedules: choices.schedules ?? (explore === "exhaustive" ? ALL_SCHEDULES : SCHEDULES),
  };
  const own = [...DATABASE_SCENARIOS.keys(), ...SESSION_SCENARIOS.keys()];
  return (names.length === 0 ? own : names).map((name) => {
    const scenario = DATABASE_SCENARIOS.get(name);
    if (scenario !== undefined) {
      const issuers = choices.profile ?? choices.strategy;
      if (issuers !== undefined) throw notHere(`no profile and no strategy with ${name}, in which no issuer takes part`, issuers);
      const terms = { profile: NO_PROFILE, strategy: REPOSITORY, page: "request", crypto: "inline" } as const;
      return describedCell({ ...usual, ...terms }, asScenario(scenario), reference, "reference");
    }
    return describedCell(usual, sessionScenario(name), reference, "reference");
  });
}

function notHere(expected: string, got: string): HoldfastError {
  return new HoldfastError(
    "BAD_USAGE",
    `expected ${expected} in the lane postgres, got "${got}"`,
    "leave it out, or run it in the simulation",
  );
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
  const [target, explorer] = [await loadTarget("reference"), explorerNamed(spec.explore)];
  const scenario = DATABASE_SCENARIOS.get(spec.scenario);
  if (scenario === undefined) {
    const setting = resolveSetting(spec, sessionScenario(spec.scenario), target);
    return { cell: { ...setting, explorer }, play: sessionPlay(sessionRecords) };
  }
  const profile = profileNamed("workos");
  return { cell: { spec, scenario: asScenario(scenario), target, profile, explorer }, play: playOf(scenario) };
}

/** A scenario of sessions, be it one of the simulation. */
function sessionScenario(name: string): Scenario {
  const scenario = SESSION_SCENARIOS.get(name) ?? SCENARIOS.get(name);
  if (scenario === undefined)
    throw unknownName("scenario", name, [...DATABASE_SCENARIOS.keys(), ...SESSION_SCENARIOS.keys(), ...SCENARIOS.keys()]);
  return scenario;
}
