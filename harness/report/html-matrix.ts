import type { CellReport } from "../model/cell.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { type MatrixGroup, type MatrixRow, matrixOf } from "./matrix.ts";
import { counted, extentOf, standingOf, VERDICT_WORD, verdictWord } from "./words.ts";

/** How a cell stands to its expectation: a sign for the eye, and words for who hears the page. */
const MARK = {
  expected: html` ✓<span class="heard"> as expected</span>`,
  surprise: html` ✗ surprise`,
  unstated: null,
} as const;

/**
 * The matrix as real tables. `anchorOf` names the counterexample that a cell links to, and that links back to it. On a
 * narrow screen a line becomes a block: what is searched, and below it each verdict with its profile.
 */
export function renderMatrixHtml(reports: readonly CellReport[], anchorOf: (report: CellReport) => string | null): SafeHtml {
  return html`${matrixOf(reports).map((group) => tableOf(group, anchorOf))}`;
}

/** The place of a counterexample in the matrix. */
export function placeOf(anchor: string): string {
  return `${anchor}-place`;
}

function tableOf(group: MatrixGroup, anchorOf: (report: CellReport) => string | null): SafeHtml {
  return html`<h3>${group.scenario} <span class="soft">(${group.circumstances})</span></h3>
<div class="scroll" tabindex="0" role="region" aria-label="Matrix of ${group.scenario}, ${group.circumstances}"><table class="matrix" aria-label="${group.scenario}, ${group.circumstances}">
<thead><tr><th scope="col">Client</th><th scope="col" class="wide">Isolates</th><th scope="col" class="wide">Explorer</th>${group.profiles.map((profile) => html`<th scope="col">${profile}</th>`)}</tr></thead>
<tbody>
${group.rows.map((row) => rowOf(row, group.profiles, anchorOf))}</tbody></table></div>
`;
}

function rowOf(row: MatrixRow, profiles: readonly string[], anchorOf: (report: CellReport) => string | null): SafeHtml {
  const cells = row.cells.map((cell, index) => cellOf(cell, profiles[index] ?? "", anchorOf));
  return html`<tr><th scope="row">${row.client}<span class="narrow soft"> · ${counted(row.isolates, "isolate")} · ${row.explore}</span></th><td class="wide">${row.isolates}</td><td class="wide">${row.explore}</td>${cells}</tr>
`;
}

function cellOf(report: CellReport | undefined, profile: string, anchorOf: (report: CellReport) => string | null): SafeHtml {
  const column = html`<span class="narrow mark">${profile} </span>`;
  if (report === undefined) return html`<td class="soft">${column}–</td>`;
  const { result } = report;
  const standing = standingOf(result);
  const anchor = anchorOf(report);
  const word = verdictWord(result);
  const linked = anchor === null ? word : html`<a href="#${anchor}">${word}</a>`;
  const id = anchor === null ? null : html` id="${placeOf(anchor)}"`;
  const [number, noun] = extentOf(result).split(" ");
  // How far a search came that ended in an error says nothing.
  const count = result.verdict === "error" ? null : html`${number ?? ""}<span class="word"> ${noun ?? ""}</span>`;
  const wanted = standing === "surprise" && result.expect !== null ? `: expected ${VERDICT_WORD[result.expect]}` : "";
  return html`<td class="${result.verdict} ${standing}"${id}>${column}${linked} <span class="mark">${count}${result.interrupted ? " cut off" : null}${MARK[standing]}${wanted}</span></td>`;
}
