import { profileNamed } from "../../harness/issuer/profiles.ts";
import { explorerNamed } from "../../harness/lanes/catalogue.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import { inDatabase, type Play } from "../../harness/lanes/postgres/lane.ts";
import { playOf } from "../../harness/lanes/postgres/play-scenario.ts";
import { sessionPlay } from "../../harness/lanes/postgres/play-sessions.ts";
import { asScenario, type DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import type { ServerAddress } from "../../harness/lanes/postgres/server.ts";
import { shrinkReport } from "../../harness/lanes/shrink-report.ts";
import { loadTarget } from "../../harness/library/registry.ts";
import type { CellReport, CellSpec } from "../../harness/model/cell.ts";
import type { Scenario } from "../../harness/model/scenario.ts";
import { sessionRecords } from "./session-records.ts";

/** What a test says of a cell; the rest is as usual: searched in full. */
export type Choice = Partial<Pick<CellSpec, "loads" | "isolates" | "faults" | "explore" | "schedules" | "timeSteps">>;

/** Runs a cell of the repository, and makes its counterexample small if it has one. */
export async function runScenario(server: ServerAddress, scenario: DatabaseScenario, choice: Choice = {}): Promise<CellReport> {
  const terms = { profile: "–", strategy: "repository", ...scenario.defaults };
  return runIn(server, playOf(scenario), asScenario(scenario), terms, choice);
}

/** Runs a cell of the ledger, whose isolates meet in a session store. */
export function runSessions(server: ServerAddress, scenario: Scenario, choice: Choice = {}, store = sessionRecords): Promise<CellReport> {
  return runIn(server, sessionPlay(store), scenario, { profile: "workos", strategy: "ledger", ...scenario.defaults }, choice);
}

async function runIn(
  server: ServerAddress,
  play: Play,
  scenario: Scenario,
  terms: Pick<CellSpec, "profile" | "strategy" | "loads" | "isolates">,
  choice: Choice,
): Promise<CellReport> {
  const spec: CellSpec = {
    scenario: scenario.name,
    target: "reference",
    ...terms,
    page: "request",
    faults: {},
    timeSteps: 0,
    crypto: "inline",
    lane: "postgres",
    explore: "exhaustive",
    schedules: 20_000,
    seed: 1,
    expect: null,
    ...choice,
  };
  const target = await loadTarget("reference");
  const cell = { spec, scenario, target, profile: profileNamed("workos"), explorer: explorerNamed(spec.explore) };
  return inDatabase(cell, server, play, async ({ setting, finish }) => finish(await shrinkReport(setting, await runCell(setting))));
}
