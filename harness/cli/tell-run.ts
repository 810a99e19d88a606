import type { CellReport, Lane, RunResult, TraceResult } from "../model/cell.ts";
import {
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
import type { Recording } from "./corpus.ts";
import { type ExitStatus, exitStatus, type Interrupted, judgedTrace } from "./exit-status.ts";
import { tellGitHub } from "./github.ts";
import { writeOutput } from "./output.ts";
import { view } from "./view.ts";

/** What a run came to, whether this process ran all of it or others ran a shard of it each. */
export interface Ran {
  readonly seed: number;
  /** Whether these are the default cells, each with what it is expected to show. */
  readonly whole: boolean;
  /** Of the cells that were begun, in their order. */
  readonly reports: readonly CellReport[];
  /** How many were not begun. */
  readonly notStarted: number;
  readonly traces: readonly TraceResult[];
  /** How many traces are recorded in all. */
  readonly recorded: number;
  readonly recordings: readonly Recording[];
  /** Where cells of the lane postgres ran, in words. */
  readonly servers: readonly string[];
  /** Whether somebody has stopped it by now. */
  readonly interrupted: () => Interrupted | null;
}

/** Where results go beside the report: files, or `-` for the standard output. */
export interface Outputs {
  readonly json?: string;
  readonly junit?: string;
}

/** Where a run's report goes when nobody says where. */
export function reportFolder(whole: boolean, lane: Lane): string {
  return whole ? `reports/${lane === "postgres" ? "postgres" : "latest"}` : "reports/chosen";
}

/**
 * Tells what a run came to: writes its report and what else was asked for, prints what people read, and says it to GitHub Actions.
 *
 * @param folder of the report
 * @returns what the run means for the process
 */
export async function tellRun(ran: Ran, folder: string, { json, junit }: Outputs): Promise<ExitStatus> {
  const { seed, whole, reports, notStarted, traces, interrupted } = ran;
  const result: RunResult = {
    version: 1,
    seed,
    ...(interrupted() === null && notStarted === 0 ? {} : { notStarted }),
    cells: reports.map((report) => report.result),
    traces,
  };
  await writeReport(folder, reportFiles(result, reports, { ...view(), bench: await benchBeside(folder) }));
  if (json !== undefined) await writeOutput(json, renderJson(result));
  if (junit !== undefined) await writeOutput(junit, renderJunit(reports, view()));
  const annotations = await tellGitHub(reports, process.env, view().command);
  // What a program reads stands alone on the standard output.
  if (json !== "-" && junit !== "-") {
    const places = ran.servers.map((server) => `${server}\n\n`).join("");
    process.stdout.write(`${places}${shown(result, ran, folder)}${annotations}`);
  }
  return interrupted() ?? exitStatus([...result.cells, ...traces.map((trace) => judgedTrace(trace, whole))]);
}

/** What a person reads: the recorded traces first, then the matrix, the first counterexample of chosen cells, and what it all comes to. */
function shown(result: RunResult, { reports, traces, recorded, recordings }: Ran, folder: string): string {
  const counterexamples = result.cells.every((cell) => cell.expect !== null)
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
