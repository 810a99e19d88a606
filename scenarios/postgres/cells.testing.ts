import { profileNamed } from "../../harness/issuer/profiles.ts";
import { explorerNamed } from "../../harness/lanes/catalogue.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import { inDatabase } from "../../harness/lanes/postgres/lane.ts";
import { playOf } from "../../harness/lanes/postgres/play-scenario.ts";
import { asScenario, type DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import type { ServerAddress } from "../../harness/lanes/postgres/server.ts";
import { shrinkReport } from "../../harness/lanes/shrink-report.ts";
import { loadTarget } from "../../harness/library/registry.ts";
import type { CellReport, CellSpec } from "../../harness/model/cell.ts";

/** What a test says of a cell; the rest is as usual: searched in full. */
export type Choice = Partial<Pick<CellSpec, "loads" | "isolates" | "faults" | "explore" | "schedules" | "timeSteps">>;

/** Runs a cell, and makes its counterexample small if it has one. */
export async function runScenario(server: ServerAddress, scenario: DatabaseScenario, choice: Choice = {}): Promise<CellReport> {
  const spec: CellSpec = {
    scenario: scenario.name,
    target: "reference",
    profile: "–",
    strategy: "repository",
    ...scenario.defaults,
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
  const cell = { spec, scenario: asScenario(scenario), target, profile: profileNamed("workos"), explorer: explorerNamed(spec.explore) };
  return inDatabase(cell, server, playOf(scenario), async ({ setting, finish }) =>
    finish(await shrinkReport(setting, await runCell(setting))),
  );
}
