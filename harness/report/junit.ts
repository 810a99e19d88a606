import type { CellReport, CellResult } from "../model/cell.ts";
import { html, type SafeHtml, trusted } from "./html-escape.ts";
import type { CounterexampleOptions } from "./terminal-counterexample.ts";
import { renderCounterexample } from "./terminal-counterexample.ts";
import { alarmsOf, alarmText } from "./terminal-summary.ts";
import { cellName, plain } from "./words.ts";

/**
 * A run as JUnit XML, as CI servers read it: a scenario is a suite, a cell is a test case. What should make somebody look is a failure,
 * with its counterexample as text, and what the harness cannot vouch for is an error.
 *
 * @see https://github.com/testmoapp/junitxml for what readers take
 * @example
 * ```ts
 * renderJunit(reports, { command: "npx holdfast" }).split("\n")[1]; // '<testsuites name="holdfast" tests="1" failures="0" errors="0" time="0.003">'
 * ```
 */
export function renderJunit(reports: readonly CellReport[], options: CounterexampleOptions): string {
  const alarms = new Set(alarmsOf(reports));
  const suites = Map.groupBy(reports, ({ result }) => result.scenario);
  const xml = html`<testsuites name="holdfast"${countsOf(reports, alarms)}>
${[...suites].map(
  ([scenario, cells]) => html`<testsuite name="${plain(scenario)}"${countsOf(cells, alarms)}>
${cells.map((cell) => caseOf(cell, alarms.has(cell), options))}</testsuite>
`,
)}</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
}

function countsOf(reports: readonly CellReport[], alarms: ReadonlySet<CellReport>): SafeHtml {
  const errors = reports.filter(isError).length;
  const failures = reports.filter((report) => alarms.has(report) && !isError(report)).length;
  const time = reports.reduce((sum, { result }) => sum + result.durationMs, 0);
  return html` tests="${reports.length}" failures="${failures}" errors="${errors}" time="${seconds(time)}"`;
}

function isError({ result }: CellReport): boolean {
  return result.verdict === "error";
}

function caseOf(report: CellReport, isAlarm: boolean, options: CounterexampleOptions): SafeHtml {
  const { result } = report;
  return html`<testcase classname="${plain(result.scenario)}" name="${caseName(result)}" time="${seconds(result.durationMs)}">${isAlarm ? problemOf(report, options) : null}</testcase>
`;
}

/** What tells cells apart that have one name for people. */
function caseName(result: CellResult): string {
  return plain(`${cellName(result)} · ${result.loads} loads · ${result.granularity}`);
}

function problemOf(report: CellReport, options: CounterexampleOptions): SafeHtml {
  const { result } = report;
  const { error } = result;
  if (error !== null) {
    return html`<error type="${error.code}" message="${plain(error.message)}">${plain(`next: ${error.hint}`)}</error>`;
  }
  const invariants = result.violations.map(({ invariant }) => invariant).join(", ");
  const story = report.counterexample === null ? "" : renderCounterexample(report, { ...options, colour: false });
  // Of control characters XML 1.0 allows few, and a counterexample has none but its line ends.
  return html`<failure type="${invariants === "" ? "unexpected" : invariants}" message="${alarmText(result)}">${trusted("\n")}${story}</failure>`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}
