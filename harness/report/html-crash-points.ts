import type { CellReport } from "../model/cell.ts";
import { crashedScenarios, crashSentence } from "./crash-points.ts";
import { html, type SafeHtml } from "./html-escape.ts";

/** A table of statements for each scenario whose statements met faults; nothing where none did. */
export function renderCrashPointsHtml(reports: readonly CellReport[]): SafeHtml | null {
  const scenarios = crashedScenarios(reports.map(({ result }) => result));
  if (scenarios.length === 0) return null;
  return html`<section aria-labelledby="crash-points">
<h2 id="crash-points">Crash points</h2>
${scenarios.map(
  (crashed) => html`<p>${crashSentence(crashed)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Crash points of ${crashed.scenario}"><table class="matrix" aria-label="Crash points of ${crashed.scenario}">
<thead><tr><th scope="col">Request</th><th scope="col">Statement</th><th scope="col">Faults</th></tr></thead>
<tbody>
${crashed.requests.map(({ request, statements }) =>
  statements.map(
    ({ ordinal, statement, faults }) => html`<tr><th scope="row">${request}</th><td>${ordinal}. ${statement}</td><td>${faults}</td></tr>
`,
  ),
)}</tbody></table></div>
`,
)}
</section>
`;
}
