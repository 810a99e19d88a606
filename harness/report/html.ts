import type { CellReport, RunResult } from "../model/cell.ts";
import type { BenchFile } from "./bench-file.ts";
import { renderBenchHtml } from "./html-bench.ts";
import { type CounterexampleHtmlOptions, renderCounterexampleHtml } from "./html-counterexample.ts";
import { renderCoverageHtml } from "./html-coverage.ts";
import { renderCrashPointsHtml } from "./html-crash-points.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { renderLegend } from "./html-legend.ts";
import { renderMatrixHtml } from "./html-matrix.ts";
import { renderPage } from "./html-page.ts";
import { renderVerificationHtml } from "./html-verify.ts";
import { renderInterruption } from "./interruption.ts";
import { alarmsOf, alarmText, headline, renderErrors } from "./terminal-summary.ts";

export interface HtmlOptions extends CounterexampleHtmlOptions {
  /** What searching costs, to be shown at the end. */
  readonly bench?: BenchFile | null;
}

/**
 * A run as one page that needs nothing else. Labels of third-party code are text in it, and never markup.
 *
 * @example
 * ```ts
 * await writeFile("index.html", renderHtml(run, reports, { command: "npm run -s holdfast --" }));
 * ```
 */
export function renderHtml(run: RunResult, reports: readonly CellReport[], options: HtmlOptions): string {
  const broken = reports.filter(({ result }) => result.violations.length > 0);
  const anchors = new Map(broken.map((report, index) => [report, `counterexample-${index + 1}`]));
  const results = reports.map(({ result }) => result);
  return renderPage({
    title: `Holdfast: ${headline(results)}`,
    skipTo: { id: "matrix", name: "the matrix" },
    header: html`<h1>Holdfast</h1>
<p class="lead">${headline(results)}</p>
${run.notStarted === undefined ? null : html`<p>${renderInterruption(run)}</p>`}
${isLive(run) ? LIVE_LEAD : html`<p class="soft">Seed ${run.seed}. Each cell runs real auth code in a deterministic world and tries orders in which things can complete. A cell with a counterexample links to it. <a href="#legend">How to read the matrix</a></p>`}`,
    main: html`${problemsOf(reports, anchors)}
<section aria-labelledby="matrix">
${isLive(run) ? renderVerificationHtml(run, reports, (report) => anchors.get(report) ?? null) : matrixSection(reports, anchors)}
</section>
${renderCrashPointsHtml(reports)}
<section aria-labelledby="counterexamples">
<h2 id="counterexamples">Counterexamples</h2>
${broken.length === 0 ? html`<p>None: ${isLive(run) ? "nothing that was seen" : "no order that was tried"} breaks an invariant.</p>` : null}
${[...anchors].map(([report, id]) => renderCounterexampleHtml(report, { id, open: report === broken[0] }, options))}
</section>
${renderCoverageHtml(reports)}
${options.bench === undefined || options.bench === null ? null : renderBenchHtml(options.bench)}`,
  });
}

/** Only `holdfast verify` has a plan, of which items may be left out. */
function isLive({ skipped }: RunResult): boolean {
  return skipped !== undefined;
}

const LIVE_LEAD = html`<p class="soft">A running app was put through a plan, in real time and seen from outside: its answers, browsers’ cookies, and the issuer’s journal. An item with a counterexample links to it.</p>`;

function matrixSection(reports: readonly CellReport[], anchors: ReadonlyMap<CellReport, string>): SafeHtml {
  return html`<h2 id="matrix">Matrix</h2>
${renderMatrixHtml(reports, (report) => anchors.get(report) ?? null)}
${renderLegend(reports)}`;
}

/** What somebody should look at first: cells that ended in an error, and results that nobody expected. */
function problemsOf(reports: readonly CellReport[], anchors: ReadonlyMap<CellReport, string>): SafeHtml | null {
  const alarms = alarmsOf(reports).filter(({ result }) => result.error === null);
  const errors = renderErrors(reports, { width: Number.POSITIVE_INFINITY });
  if (alarms.length === 0 && errors === "") return null;
  return html`<section aria-labelledby="problems">
<h2 id="problems">To look at</h2>
${alarms.length === 0 ? null : html`<ul>${alarms.map((report) => html`<li>${alarmOf(report, anchors.get(report))}</li>`)}</ul>`}
${errors === "" ? null : html`<div class="problem mono">${errors.trimEnd()}</div>`}
</section>`;
}

function alarmOf({ result }: CellReport, anchor: string | undefined): SafeHtml {
  return anchor === undefined ? html`${alarmText(result)}` : html`<a href="#${anchor}">${alarmText(result)}</a>`;
}
