import type { CellReport, CellResult, RunResult } from "../model/cell.ts";
import type { ReliabilityResult } from "../model/reliability.ts";
import { slug } from "../model/slug.ts";
import { type HtmlOptions, renderHtml } from "./html.ts";
import type { CounterexampleHtmlOptions } from "./html-counterexample.ts";
import { renderReliabilityHtml } from "./html-reliability.ts";
import { renderJson } from "./json.ts";
import { renderReliabilityJson } from "./reliability-json.ts";
import { renderCounterexample } from "./terminal-counterexample.ts";

/**
 * The files of a report, as text by path: `report.json`, `index.html`, and each counterexample as text.
 *
 * @example
 * ```ts
 * await writeReport("reports/latest", reportFiles(run, reports, { command: "npm run -s holdfast --" }));
 * ```
 */
export function reportFiles(run: RunResult, reports: readonly CellReport[], options: HtmlOptions): Record<string, string> {
  const broken = reports.filter(({ result }) => result.violations.length > 0);
  const digits = String(broken.length).length;
  const texts = broken.map((report, index) => {
    const number = String(index + 1).padStart(digits, "0");
    return [`counterexamples/${number}-${nameOf(report.result)}.txt`, renderCounterexample(report, options)] as const;
  });
  return { "report.json": renderJson(run), "index.html": renderHtml(run, reports, options), ...Object.fromEntries(texts) };
}

/** The same of the matrix of clients and issuers, whose page has the counterexamples. */
export function reliabilityFiles(
  result: ReliabilityResult,
  shown: ReadonlyMap<string, CellReport>,
  options: CounterexampleHtmlOptions,
): Record<string, string> {
  return { "report.json": renderReliabilityJson(result), "index.html": renderReliabilityHtml(result, shown, options) };
}

/** A cell as part of a file name. */
function nameOf({ target, strategy, profile, isolates, explore }: CellResult): string {
  return slug(`${target} ${strategy} ${profile} ${isolates} ${isolates === 1 ? "isolate" : "isolates"} ${explore}`);
}
