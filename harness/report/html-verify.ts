import type { CellReport, RunResult } from "../model/cell.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { placeOf } from "./html-matrix.ts";
import { STANDINGS, standingsOf } from "./verification.ts";
import { counted, plain, VERDICT_WORD } from "./words.ts";

/** The plan of a verification as a table, and what became of each invariant. `anchorOf` names the counterexample of an item. */
export function renderVerificationHtml(
  { cells, skipped = [] }: RunResult,
  reports: readonly CellReport[],
  anchorOf: (report: CellReport) => string | null,
): SafeHtml {
  const [first] = cells;
  const what =
    first === undefined ? "" : `${first.target}/${first.strategy} · profile ${first.profile} · ${counted(first.isolates, "isolate")}`;
  return html`<h2 id="matrix">Plan</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Plan"><table class="matrix" aria-label="Plan">
<thead><tr><th scope="col">Item</th><th scope="col">${plain(what)}</th></tr></thead>
<tbody>
${reports.map((report) => rowOf(report, anchorOf(report)))}${skipped.map(({ item, why }) => html`<tr><th scope="row">${plain(item)}</th><td class="soft">skipped: ${plain(why)}</td></tr>\n`)}</tbody></table></div>
<h3>Invariants, as far as they can be seen from outside</h3>
<dl>
${STANDINGS.map((wanted) => {
  const here = standingsOf(cells).filter(({ standing }) => standing === wanted);
  return here.length === 0
    ? null
    : html`<dt>${wanted}</dt>${here.map(({ invariant, detail }) => html`<dd><b>${invariant}</b> ${plain(detail)}</dd>\n`)}`;
})}</dl>`;
}

function rowOf({ result }: CellReport, anchor: string | null): SafeHtml {
  const { scenario, verdict, violations, durationMs, interrupted, error } = result;
  const broken = [...new Set(violations.map(({ invariant }) => invariant))].join(", ");
  const word = interrupted && broken === "" ? "cut off" : VERDICT_WORD[verdict];
  const linked = anchor === null ? html`${word}` : html`<a href="#${anchor}">${word}</a>`;
  const id = anchor === null ? null : html` id="${placeOf(anchor)}"`;
  const why = broken !== "" ? ` ${broken}` : error === null ? "" : ` ${error.code}`;
  return html`<tr><th scope="row">${plain(scenario)}</th><td class="${verdict}"${id}>${linked}${why} <span class="soft">${(durationMs / 1000).toFixed(1)} s</span></td></tr>
`;
}
