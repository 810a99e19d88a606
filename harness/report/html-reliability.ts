import type { CellReport } from "../model/cell.ts";
import type { Client, ReliabilityCell, ReliabilityResult } from "../model/reliability.ts";
import { type CounterexampleHtmlOptions, renderCounterexampleHtml } from "./html-counterexample.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { placeOf } from "./html-matrix.ts";
import { renderPage } from "./html-page.ts";
import {
  cellsOf,
  circumstanceName,
  clientName,
  extentOf,
  OUTCOME_MEANS,
  OUTCOME_WORD,
  outcomeWords,
  packagesOf,
  reliabilityCell,
  reliabilityErrors,
  reliabilityLead,
  rowOf,
  sumWords,
  tallyOf,
} from "./reliability.ts";
import { counted } from "./words.ts";

/** A cell's place in the style sheet, which knows the verdicts of runs. */
const CLASS = { proved: "holds", held: "holds", broken: "violated", "cannot-be-had": "cannot-be-had", error: "error" } as const;

/**
 * The matrix of clients and issuers as one page: what each client comes to under each issuer, every cell, and the counterexamples that
 * cells link to.
 *
 * @param shown the report of each counterexample, by id
 */
export function renderReliabilityHtml(
  result: ReliabilityResult,
  shown: ReadonlyMap<string, CellReport>,
  options: CounterexampleHtmlOptions,
): string {
  const links = new Links(shown);
  const errors = reliabilityErrors(result);
  return renderPage({
    title: "Holdfast: the reliability matrix",
    skipTo: { id: "overview", name: "the matrix" },
    header: html`<h1>The reliability matrix</h1>
<p class="lead">${reliabilityLead(result)}</p>
<p class="soft">${reliabilityCell(result)} Every client is in the same race: an access token has expired, and pages load at once. Below, what else goes wrong is the head of a column.</p>`,
    main: html`<section aria-labelledby="overview">
<h2 id="overview">Who stays signed in, under whom</h2>
<p>${result.clients.map((client, index) => html`${index === 0 ? null : " · "}<a href="#${anchorOf(index)}">${clientName(client)}</a>`)}</p>
${overview(result)}
${legend(result)}
</section>
${errors.length === 0 ? null : html`<ul class="problem">${errors.map((error) => html`<li>${error}</li>`)}</ul>`}
<section aria-labelledby="clients">
<h2 id="clients">Every client, whatever goes wrong</h2>
${result.clients.map((client, index) => clientTable(result, client, anchorOf(index), links))}
</section>
<section aria-labelledby="counterexamples">
<h2 id="counterexamples">Counterexamples</h2>
<p class="soft">The shortest of each kind: cells that tell the same story of a client link to one.</p>
${[...shown].map(([id, report]) => renderCounterexampleHtml(report, { id, open: false }, options))}
</section>`,
  });
}

/** Which counterexamples cells have linked to: a counterexample links back to the first of them. */
class Links {
  readonly #shown: ReadonlyMap<string, CellReport>;
  readonly #linked = new Set<string>();

  constructor(shown: ReadonlyMap<string, CellReport>) {
    this.#shown = shown;
  }

  /** Null where there is nothing to link to; the id is null for all links but the first. */
  to(counterexample: string | null): { readonly href: string; readonly id: string | null } | null {
    if (counterexample === null || !this.#shown.has(counterexample)) return null;
    const isFirst = !this.#linked.has(counterexample);
    this.#linked.add(counterexample);
    return { href: `#${counterexample}`, id: isFirst ? placeOf(counterexample) : null };
  }
}

function overview(result: ReliabilityResult): SafeHtml {
  const { clients, profiles } = result;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Clients and issuers"><table class="matrix" aria-label="Clients and issuers">
<thead><tr><th scope="col">Issuer profile</th>${clients.map((client) => html`<th scope="col">${client.target}<br>${client.strategy}</th>`)}</tr></thead>
<tbody>
${profiles.map(
  (profile) => html`<tr><th scope="row">${profile}</th>${clients.map((client) => sumCell(result, client, profile))}</tr>
`,
)}</tbody></table></div>`;
}

/** The worst of a client's outcomes under an issuer gives the colour. */
function sumCell(result: ReliabilityResult, client: Client, profile: string): SafeHtml {
  const cells = cellsOf(result, client, profile);
  const worst = tallyOf(cells).at(-1)?.[0];
  return html`<td class="${worst === undefined ? "soft" : CLASS[worst]}"><span class="narrow mark">${clientName(client)} </span>${sumWords(cells)}</td>`;
}

function clientTable(result: ReliabilityResult, client: Client, anchor: string, links: Links): SafeHtml {
  const { circumstances, profiles } = result;
  const name = clientName(client);
  return html`<h3 id="${anchor}">${name} <span class="soft">${packagesOf(client)}</span></h3>
${client.about === null ? null : configuration(client.about.configuration)}
<div class="scroll" tabindex="0" role="region" aria-label="${name} under every issuer"><table class="matrix many" aria-label="${name} under every issuer">
<thead><tr><th scope="col">Issuer profile</th>${circumstances.map((circumstance) => html`<th scope="col">${circumstanceName(circumstance)}</th>`)}</tr></thead>
<tbody>
${profiles.map(
  (profile) => html`<tr><th scope="row">${profile}</th>${rowOf(result, client, profile).map((cell, index) =>
    cellOf(cell, result, circumstanceName(circumstances[index] ?? { faults: "", timeSteps: 0 }), links),
  )}</tr>
`,
)}</tbody></table></div>`;
}

function configuration(said: Readonly<Record<string, string>>): SafeHtml {
  return html`<ul class="soft">${Object.entries(said).map(([what, how]) => html`<li>${what}: ${how}</li>`)}</ul>`;
}

function cellOf(cell: ReliabilityCell | undefined, result: ReliabilityResult, circumstance: string, links: Links): SafeHtml {
  const column = html`<span class="narrow mark">${circumstance} </span>`;
  if (cell === undefined) return html`<td class="soft">${column}–</td>`;
  const { outcome, profile } = cell;
  const words = outcomeWords(cell, result);
  const link = links.to(cell.counterexample);
  const id = link === null || link.id === null ? null : html` id="${link.id}"`;
  const said =
    link === null ? words : html`<a href="${link.href}">${words}<span class="heard"> under ${profile}, ${circumstance}</span></a>`;
  const extent = extentOf(cell);
  const count =
    extent === null
      ? null
      : html` <span class="mark">${extent.count.toLocaleString("en-US")}<span class="heard"> ${extent.noun}</span></span>`;
  // What breaks anyway says nothing of this column.
  const toned = words === "broken anyway" ? " expected" : "";
  return html`<td class="${CLASS[outcome]}${toned}"${id}>${column}${said}${count}</td>`;
}

function legend(result: ReliabilityResult): SafeHtml {
  const tally = tallyOf(result.cells);
  return html`<section class="legend" aria-labelledby="legend">
<h3 id="legend">What the words mean</h3>
<dl>
${tally.map(
  ([outcome, count]) => html`<div><dt>${OUTCOME_WORD[outcome]}</dt><dd>${OUTCOME_MEANS[outcome]}. ${counted(count, "cell")}.</dd></div>
`,
)}</dl>
</section>`;
}

function anchorOf(index: number): string {
  return `client-${index + 1}`;
}
