import type { BenchFile, ProofCost, SamplerCost } from "./bench-file.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { renderPlot } from "./html-plot.ts";

/** What searching costs, as `npm run bench` has measured it: pictures, and every number in a table. */
export function renderBenchHtml({ ratios, cell, proofs, samplers, machine }: BenchFile): SafeHtml {
  const [before, after] = machine.load;
  return html`<section aria-labelledby="bench">
<h2 id="bench">What it costs</h2>
<p class="soft">Measured by <code>npm run bench</code> with Node ${machine.node} on ${machine.cores} cores, at a load of ${before.toFixed(1)} before and ${after.toFixed(1)} after. Ratios, states and runs are much the same on any machine, times are not. The cell: ${cell}.</p>
${ratios.length === 0 ? null : ratioTable(ratios)}
${proofs.length === 0 ? null : proofFigure(proofs)}
${samplers.length === 0 ? null : samplerFigure(samplers)}
</section>`;
}

function ratioTable(ratios: BenchFile["ratios"]): SafeHtml {
  return html`<div class="numbers" tabindex="0" role="region" aria-label="Ratios"><table>
<caption>How many times as fast</caption>
<thead><tr><th scope="col">What</th><th scope="col">Ratio</th><th scope="col">Rounds</th><th scope="col">By processor time</th><th scope="col">Aim</th></tr></thead>
<tbody>${ratios.map(({ what, ratio, low, high, processor, aim }) => html`<tr><th scope="row">${what}</th><td>${ratio.toFixed(2)}×</td><td>${low.toFixed(2)}–${high.toFixed(2)}</td><td>${processor === null ? "–" : `${processor.toFixed(2)}×`}</td><td>${aim === null ? "–" : `${aim}×, ${ratio >= aim ? "met" : "not met"}`}</td></tr>`)}</tbody>
</table></div>`;
}

function proofFigure(proofs: readonly ProofCost[]): SafeHtml {
  const of = (value: (proof: ProofCost) => number) => proofs.map((proof) => [proof.loads, value(proof)] as const);
  const last = proofs.at(-1) as ProofCost;
  return html`<figure>
${renderPlot({
  ...{ id: "plot-proofs", title: "A complete proof, by page loads", x: "page loads at once", y: "runs, states", logarithmic: "y" },
  description: `Up to ${last.loads} page loads. ${last.loads} loads take ${last.runs} runs and have ${last.states} states. The same numbers are in the table that follows.`,
  series: [
    { name: "states", points: of(({ states }) => states) },
    { name: "runs", points: of(({ runs }) => runs) },
  ],
})}
<figcaption>What it takes to try every order of events</figcaption>
</figure>
<div class="numbers" tabindex="0" role="region" aria-label="Proofs"><table>
<caption>Complete proofs</caption>
<thead><tr><th scope="col">Loads</th><th scope="col">Runs</th><th scope="col">States</th><th scope="col">Orders of events</th><th scope="col">Seconds</th><th scope="col">States a second</th></tr></thead>
<tbody>${proofs.map(({ loads, runs, states, interleavings, seconds }) => html`<tr><th scope="row">${loads}</th><td>${runs}</td><td>${states}</td><td>${interleavings === null ? "–" : ordersOf(interleavings)}</td><td>${seconds.toFixed(2)}</td><td>${(states / seconds).toFixed(0)}</td></tr>`)}</tbody>
</table></div>`;
}

function samplerFigure(samplers: readonly SamplerCost[]): SafeHtml {
  const explorers = [...new Set(samplers.map(({ explorer }) => explorer))];
  const loads = [...new Set(samplers.map((sampler) => sampler.loads))].sort((a, b) => a - b);
  const of = (explorer: string, at: number) => samplers.find((sampler) => sampler.explorer === explorer && sampler.loads === at);
  const pointsOf = (explorer: string) =>
    loads.flatMap((at) => {
      const found = of(explorer, at);
      return found === undefined ? [] : [[at, found.milliseconds] as const];
    });
  return html`<figure>
${renderPlot({
  ...{
    id: "plot-samplers",
    title: "A schedule of a sampling explorer, by page loads",
    x: "page loads at once",
    y: "ms a schedule",
    logarithmic: "neither",
  },
  description: `Processor time of a schedule for ${explorers.join(", ")}, from ${loads[0]} to ${loads.at(-1)} page loads. The same numbers are in the table that follows.`,
  series: explorers.map((name) => ({ name, points: pointsOf(name) })),
})}
<figcaption>What one schedule takes</figcaption>
</figure>
<div class="numbers" tabindex="0" role="region" aria-label="Schedules"><table>
<caption>Milliseconds of processor time a schedule</caption>
<thead><tr><th scope="col">Explorer</th>${loads.map((at) => html`<th scope="col">${at} loads</th>`)}</tr></thead>
<tbody>${explorers.map((explorer) => html`<tr><th scope="row">${explorer}</th>${loads.map((at) => html`<td>${of(explorer, at)?.milliseconds.toFixed(1) ?? "–"}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

function ordersOf(interleavings: string): SafeHtml {
  const [digits, power] = Number(interleavings).toExponential(2).split("e+") as [string, string];
  return html`${digits} × 10<sup>${power}</sup>`;
}
