import type { CellReport } from "../model/cell.ts";
import { coverageOf, type Seen, stillGrowing } from "./coverage.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { renderPlot } from "./html-plot.ts";
import { cellName, counted, plain } from "./words.ts";

/** As many cells as somebody gives more schedules. */
const GROWING = 5;

/** How many states the searches have seen as they went on, and which of them would see more; nothing where none of them went to its end. */
export function renderCoverageHtml(reports: readonly CellReport[]): SafeHtml | null {
  const seen = coverageOf(reports);
  if (seen.length === 0) return null;
  const growing = stillGrowing(reports, GROWING);
  return html`<section aria-labelledby="coverage">
<h2 id="coverage">What the searches have seen</h2>
<p class="soft">States that schedules have passed through, over how many schedules each cell has had. Cells that ended at a violation are left out.</p>
<figure>
${renderPlot({
  ...{ id: "plot-coverage", title: "States over schedules", x: "schedules of each cell", y: "states of all cells", logarithmic: "both" },
  description: `${seen.map(inWords).join(" ")} The same numbers are in the table that follows.`,
  series: seen.map(({ explorer, points }) => ({ name: plain(explorer), points })),
})}
<figcaption>Where a line goes flat, more schedules find nothing new; where it still rises, they would (--schedules)</figcaption>
</figure>
${seen.map(tableOf)}
${growing.length === 0 ? null : growingTable(growing)}
</section>`;
}

function inWords({ explorer, cells, points }: Seen): string {
  const [last, states] = points.at(-1) ?? [0, 0];
  return `${plain(explorer)}: ${counted(states, "state")} in ${counted(cells, "cell")} after at most ${counted(last, "schedule")} each.`;
}

function tableOf({ explorer, cells, points }: Seen): SafeHtml {
  const name = `${plain(explorer)}, ${counted(cells, "cell")}`;
  return html`<div class="numbers" tabindex="0" role="region" aria-label="Coverage of ${name}"><table>
<caption>${name}</caption>
<tbody><tr><th scope="row">schedules of each</th>${points.map(([schedules]) => html`<td>${schedules.toLocaleString("en")}</td>`)}</tr>
<tr><th scope="row">states</th>${points.map(([, states]) => html`<td>${states.toLocaleString("en")}</td>`)}</tr></tbody>
</table></div>`;
}

function growingTable(growing: ReturnType<typeof stillGrowing>): SafeHtml {
  return html`<div class="numbers" tabindex="0" role="region" aria-label="Cells that would see more"><table>
<caption>Cells that would see more with more schedules</caption>
<thead><tr><th scope="col">Cell</th><th scope="col">Schedules</th><th scope="col">States</th><th scope="col">New states a schedule, at the end</th></tr></thead>
<tbody>${growing.map(({ result, rate }) => html`<tr><th scope="row">${plain(result.scenario)} · ${cellName(result)}</th><td>${result.schedules.toLocaleString("en")}</td><td>${result.states.toLocaleString("en")}</td><td>${rate.toFixed(1)}</td></tr>`)}</tbody>
</table></div>`;
}
