import type { CellReport } from "../model/cell.ts";
import { alarmsOf, alarmText, headline } from "./terminal-summary.ts";
import { cellName, plain, verdictWord } from "./words.ts";

/**
 * What stands in the summary of a GitHub Actions step: the headline, and a table of what should make somebody look, each with the line
 * that plays it again. Markdown.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 * @example
 * ```ts
 * renderStepSummary(reports, { command: "npx holdfast" }).split("\n")[0]; // "### Holdfast"
 * ```
 */
export function renderStepSummary(reports: readonly CellReport[], { command }: { readonly command: string }): string {
  const alarms = alarmsOf(reports);
  const rows = alarms.map(({ result }) => {
    const invariants = result.violations.map(({ invariant }) => invariant).join(", ");
    const what = result.error === null ? `${verdictWord(result)} ${invariants}` : `error ${result.error.code}`;
    const replay = result.violations[0]?.replay;
    return `| ${[result.scenario, cellName(result), what].map(inTable).join(" | ")} | ${replay === undefined ? "" : `\`${command} replay ${replay}\``} |`;
  });
  const table = rows.length === 0 ? [] : ["| Scenario | Cell | Verdict | Play it again |", "|---|---|---|---|", ...rows, ""];
  return ["### Holdfast", "", headline(reports.map(({ result }) => result)), "", ...table].join("\n");
}

/**
 * A line for each thing that should make somebody look, which GitHub Actions shows beside the job: workflow commands, to be printed.
 *
 * @example
 * ```ts
 * renderAnnotations(reports); // "::error title=page-loads-at-expiry::page-loads-at-expiry · reference/naive · better-auth · 1 isolate · fifo: VIOLATED (no-spurious-logout) after 4 schedules\n"
 * ```
 */
export function renderAnnotations(reports: readonly CellReport[]): string {
  return alarmsOf(reports)
    .map(
      ({ result }) =>
        `::error title=${escaped(plain(result.scenario)).replaceAll(":", "%3A").replaceAll(",", "%2C")}::${escaped(alarmText(result))}\n`,
    )
    .join("");
}

/** As workflow commands want it: they end with their line. */
function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function inTable(text: string): string {
  return plain(text).replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
