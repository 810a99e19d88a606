import { SCENARIOS } from "../../scenarios/index.ts";
import { CATALOGUE, missingOf } from "../lanes/catalogue.ts";
import { parseFaults } from "../lanes/faults.ts";
import { openServer } from "../lanes/postgres/open-server.ts";
import type { ServerAddress } from "../lanes/postgres/server.ts";
import { describedCell } from "../library/described-cell.ts";
import { cellOf, loadTarget, scenarioNamed } from "../library/registry.ts";
import type { CellReport, CellSpec, Granularity, Lane, RunResult, TraceResult } from "../model/cell.ts";
import {
  assertReportPlace,
  benchBeside,
  renderCounterexample,
  renderCrashPoints,
  renderErrors,
  renderInterruption,
  renderJson,
  renderJunit,
  renderMatrix,
  renderSummary,
  renderTraces,
  reportFiles,
  writeReport,
} from "../report/index.ts";
import { fitting, type PlayedTrace, type Recording, readCorpus, record, resultOf, type TraceFile } from "./corpus.ts";
import { chosenDatabaseCells, databaseCellOf } from "./database-cells.ts";
import { defaultCells } from "./default-cells.ts";
import { defaultDatabaseCells } from "./default-database-cells.ts";
import { type ExitStatus, exitStatus, type Judged } from "./exit-status.ts";
import { tellGitHub } from "./github.ts";
import { writeOutput } from "./output.ts";
import { Workers } from "./pool.ts";
import { Progress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { Stop } from "./stop.ts";
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
  readonly crypto?: Granularity;
  readonly explore?: string;
  readonly schedules?: number;
  readonly lane?: Lane;
  readonly seed: number;
  readonly jobs: number;
  readonly json?: string;
  /** Where JUnit XML goes; `-` is the standard output. */
  readonly junit?: string;
  readonly report?: string;
  /** Whether counterexamples are made small. */
  readonly shrink: boolean;
  /** Whether counterexamples are added to the corpus. */
  readonly record?: true;
  /** The folder of recorded traces. */
  readonly corpus?: string;
}

/** `holdfast run`: runs cells, prints the matrix and what broke, and writes the report. */
export async function run(scenarios: readonly string[], options: RunOptions): Promise<ExitStatus> {
  const whole = isDefault(scenarios, options);
  const specs = await specsOf(scenarios, options, whole);
  const folder = options.report ?? (whole ? `reports/${options.lane === "postgres" ? "postgres" : "latest"}` : "reports/chosen");
  // Names are looked up before anything runs, so that a typing error costs nothing and leaves nothing behind.
  await Promise.all(specs.map((spec) => (spec.lane === "postgres" ? databaseCellOf(spec) : cellOf(spec))));

  await assertReportPlace(folder);
  if (!whole && specs.length > MANY) process.stderr.write(`${specs.length} cells: name a scenario or a --profile for fewer.\n`);
  const server = options.lane === "postgres" ? await openServer() : null;
  try {
    return await search(specs, options, whole, folder, server?.address ?? null);
  } finally {
    await server?.stop();
  }
}

/** More cells than that take minutes, and somebody who named no scenario may not have meant all of them. */
const MANY = 50;

async function specsOf(scenarios: readonly string[], options: RunOptions, whole: boolean): Promise<readonly CellSpec[]> {
  if (options.lane === "postgres") return whole ? defaultDatabaseCells(options.seed) : chosenDatabaseCells(scenarios, options);
  return whole ? defaultCells(options.seed) : chosenCells(scenarios, options);
}

async function search(
  specs: readonly CellSpec[],
  options: RunOptions,
  whole: boolean,
  folder: string,
  server: ServerAddress | null,
): Promise<ExitStatus> {
  const corpus = await readCorpus(options.corpus ?? null);
  const stop = new Stop();
  const workers = new Workers(options.jobs, stop);
  const progress = new Progress(specs, process.stderr);
  const interrupted = stopOnSignals(stop, (words) => progress.interject(words));
  try {
    const played = await playAll(workers, fitting(corpus, specs));
    const reports = (await workers.search(specs, progress, options.shrink, server)).filter((report) => report !== null);
    progress.clear();
    const recordings = options.record ? await record(options.corpus ?? null, reports, corpus, played) : [];
    const result: RunResult = {
      version: 1,
      seed: options.seed,
      ...(interrupted() === null ? {} : { notStarted: specs.length - reports.length }),
      cells: reports.map((report) => report.result),
      traces: played.map(resultOf),
    };
    await writeReport(folder, reportFiles(result, reports, { ...view(), bench: await benchBeside(folder) }));
    if (options.json !== undefined) await writeOutput(options.json, renderJson(result));
    if (options.junit !== undefined) await writeOutput(options.junit, renderJunit(reports, view()));
    const annotations = await tellGitHub(reports, process.env, view().command);
    // What a program reads stands alone on the standard output.
    if (options.json !== "-" && options.junit !== "-") {
      const place = server === null ? "" : `${server.origin}\n\n`;
      process.stdout.write(`${place}${shown(result, reports, corpus.length, recordings, folder)}${annotations}`);
    }
    return interrupted() ?? exitStatus([...result.cells, ...played.map(resultOf).map((trace) => judged(trace, whole))]);
  } finally {
    progress.clear();
    await workers.close();
  }
}

/** The default cells show what they are expected to show, and so do the traces of them. Of cells that are described nobody expects anything. */
function judged({ verdict, expect, asRecorded, error }: TraceResult, whole: boolean): Judged {
  if (!whole) return { verdict, expect: null, error };
  return { verdict, expect: asRecorded ? verdict : expect === verdict ? "holds" : expect, error };
}

/** Those that were played; when somebody asks to stop, the rest is left out. */
async function playAll(workers: Workers, traces: readonly TraceFile[]): Promise<readonly PlayedTrace[]> {
  const played = await Promise.all(traces.map(async ({ file, trace }) => ({ file, trace, outcome: await workers.play(trace.replay) })));
  return played.flatMap(({ file, trace, outcome }) => (outcome === null ? [] : { file, trace, outcome }));
}

/** What a person reads: the recorded traces first, then the matrix, the first counterexample of chosen cells, and what it all comes to. */
function shown(
  result: RunResult,
  reports: readonly CellReport[],
  recorded: number,
  recordings: readonly Recording[],
  folder: string,
): string {
  const { cells, traces = [] } = result;
  const counterexamples = cells.every((cell) => cell.expect !== null)
    ? []
    : reports.filter((report) => report.counterexample !== null).slice(0, 1);
  const parts = [
    renderTraces(traces, recorded, view()),
    renderMatrix(reports, view()),
    renderCrashPoints(reports, view()),
    ...counterexamples.map((report) => renderCounterexample(report, { ...view(), test: true })),
    renderErrors(reports, view()),
    renderSummary(reports, view()),
    renderInterruption(result),
    recordings.map(({ file, what }) => `Recorded: ${file} (${what})\n`).join(""),
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\nReport: ${folder}/index.html\n`;
}

/** Options that describe no cell. A lane has default cells of its own. */
const BESIDE: ReadonlySet<string> = new Set(["seed", "jobs", "json", "junit", "report", "shrink", "record", "corpus", "lane"]);

/** True when no argument describes cells; where results go and how fast they come does not. */
function isDefault(scenarios: readonly string[], options: RunOptions): boolean {
  return scenarios.length === 0 && Object.keys(options).every((name) => BESIDE.has(name));
}

async function chosenCells(names: readonly string[], options: RunOptions): Promise<readonly CellSpec[]> {
  const targetName = options.target ?? "reference";
  const target = await loadTarget(targetName);
  const faults = parseFaults(options.faults ?? "");
  const profiles = options.profile === undefined ? CATALOGUE.profiles.map(({ name }) => name) : [options.profile];
  // Who names none means all that the target can play.
  const playable = [...SCENARIOS.values()].filter((scenario) => missingOf(scenario, target).length === 0).map(({ name }) => name);
  return (names.length === 0 ? playable : names).flatMap((name) => {
    const scenario = scenarioNamed(name);
    return profiles.map((profile) => describedCell({ ...options, faults, profile }, scenario, target, targetName));
  });
}
