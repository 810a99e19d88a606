import { SCENARIOS } from "../../scenarios/index.ts";
import { CATALOGUE } from "../lanes/catalogue.ts";
import { parseFaults } from "../lanes/faults.ts";
import { describedCell } from "../library/described-cell.ts";
import { cellOf, loadTarget, scenarioNamed } from "../library/registry.ts";
import type { CellSpec, RunResult } from "../model/cell.ts";
import { renderCounterexample, renderErrors, renderJson, renderMatrix, renderSummary, reportFiles, writeReport } from "../report/index.ts";
import { defaultCells } from "./default-cells.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { assertNpmKeptNothing } from "./npm-flags.ts";
import { writeOutput } from "./output.ts";
import { runCells } from "./pool.ts";
import { Progress } from "./progress.ts";
import { view } from "./view.ts";

/** What `holdfast run` takes; the cell options are undefined where they were not given. */
export interface RunOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly strategy?: string;
  readonly isolates?: number;
  readonly loads?: number;
  readonly page?: "request" | "document";
  readonly faults?: string;
  readonly timeSteps?: number;
  readonly crypto?: "inline" | "interleaved";
  readonly explore?: string;
  readonly schedules?: number;
  readonly lane?: "simulation";
  readonly seed: number;
  readonly jobs: number;
  readonly json?: string;
  readonly report?: string;
}

/** `holdfast run`: runs cells, prints the matrix and what broke, and writes the report. */
export async function run(scenarios: readonly string[], options: RunOptions): Promise<ExitStatus> {
  assertNpmKeptNothing(process.env, "npm run -s holdfast -- run");
  const whole = isDefault(scenarios, options);
  const specs = whole ? defaultCells(options.seed) : await chosenCells(scenarios, options);
  const folder = options.report ?? (whole ? "reports/latest" : "reports/chosen");
  // Names are looked up before anything runs, so that a typing error costs nothing and leaves nothing behind.
  await Promise.all(specs.map(cellOf));

  const progress = new Progress(specs.length, process.stderr);
  const reports = await runCells(specs, options.jobs, progress).finally(() => progress.clear());
  const result: RunResult = { version: 1, seed: options.seed, cells: reports.map((report) => report.result) };

  await writeReport(folder, reportFiles(result, reports, view()));
  if (options.json !== undefined) await writeOutput(options.json, renderJson(result));
  if (options.json !== "-") {
    const shown = result.cells.every((cell) => cell.expect !== null)
      ? []
      : reports.filter((report) => report.counterexample !== null).slice(0, 1);
    const parts = [
      renderMatrix(reports, view()),
      ...shown.map((report) => renderCounterexample(report, view())),
      renderErrors(reports, view()),
      renderSummary(reports, view()),
    ];
    process.stdout.write(`${parts.filter((part) => part !== "").join("\n")}\nReport: ${folder}/index.html\n`);
  }
  return exitStatus(result.cells);
}

/** True when no argument describes cells; where results go and how fast they come does not. */
function isDefault(scenarios: readonly string[], options: RunOptions): boolean {
  const { seed: _seed, jobs: _jobs, json: _json, report: _report, ...cell } = options;
  return scenarios.length === 0 && Object.keys(cell).length === 0;
}

async function chosenCells(names: readonly string[], options: RunOptions): Promise<readonly CellSpec[]> {
  const targetName = options.target ?? "reference";
  const target = await loadTarget(targetName);
  const faults = parseFaults(options.faults ?? "");
  const profiles = options.profile === undefined ? CATALOGUE.profiles.map(({ name }) => name) : [options.profile];
  return (names.length === 0 ? [...SCENARIOS.keys()] : names).flatMap((name) => {
    const scenario = scenarioNamed(name);
    return profiles.map((profile) => describedCell({ ...options, faults, profile }, scenario, target, targetName));
  });
}
