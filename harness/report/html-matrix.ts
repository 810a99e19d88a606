import type { CellReport } from "../model/cell.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { type MatrixGroup, matrixOf } from "./matrix.ts";
import { counted, standingOf, VERDICT_WORD } from "./words.ts";

/** How a cell stands to its expectation: a sign for the eye, and words for who hears the page. */
const MARK = {
  expected: html` ✓<span class="heard"> as expected</span>`,
  surprise: html` ✗ surprise`,
  unstated: null,
} as const;

/** The matrix as real tables. `anchorOf` names the counterexample that a cell links to. */
export function renderMatrixHtml(reports: readonly CellReport[], anchorOf: (report: CellReport) => string | null): SafeHtml {
  return html`${matrixOf(reports).map((group) => tableOf(group, anchorOf))}`;
}

function tableOf(group: MatrixGroup, anchorOf: (report: CellReport) => string | null): SafeHtml {
  return html`<h3>${group.scenario} <span class="soft">(${group.circumstances})</span></h3>
<div class="scroll" tabindex="0" role="region" aria-label="Matrix of ${group.scenario}, ${group.circumstances}"><table aria-label="${group.scenario}, ${group.circumstances}">
<thead><tr><th scope="col">Client</th><th scope="col">Isolates</th><th scope="col">Explorer</th>${group.profiles.map((profile) => html`<th scope="col">${profile}</th>`)}</tr></thead>
<tbody>
${group.rows.map(
  (
    row,
  ) => html`<tr><th scope="row">${row.client}</th><td>${row.isolates}</td><td>${row.explore}</td>${row.cells.map((cell) => cellOf(cell, anchorOf))}</tr>
`,
)}</tbody></table></div>
`;
}

function cellOf(report: CellReport | undefined, anchorOf: (report: CellReport) => string | null): SafeHtml {
  if (report === undefined) return html`<td class="soft">–</td>`;
  const { result } = report;
  const standing = standingOf(result);
  const anchor = anchorOf(report);
  const word = VERDICT_WORD[result.verdict];
  const linked = anchor === null ? word : html`<a href="#${anchor}">${word}</a>`;
  const wanted = standing === "surprise" && result.expect !== null ? `: expected ${VERDICT_WORD[result.expect]}` : "";
  return html`<td class="${result.verdict} ${standing}">${linked} <span class="mark">${counted(result.schedules, "schedule")}${MARK[standing]}${wanted}</span></td>`;
}
