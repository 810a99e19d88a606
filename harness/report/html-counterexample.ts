import type { CellReport } from "../model/cell.ts";
import type { InvariantId } from "../model/invariant.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { renderSequence } from "./html-sequence.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { type Chain, chainsOf, inShort, type Reason, reasonsOf } from "./reasons.ts";
import { cellName, counted, plain } from "./words.ts";

export interface CounterexampleHtmlOptions {
  readonly command: string;
  readonly explain?: ((invariant: InvariantId) => string | undefined) | undefined;
}

/** One counterexample: why, beside the picture of the steps that matter; all steps folded away below; the line that plays it again. */
export function renderCounterexampleHtml(report: CellReport, id: string, options: CounterexampleHtmlOptions): SafeHtml {
  const { result } = report;
  const trace = report.counterexample ?? [];
  const chains = chainsOf(result);
  const reasons = reasonsOf(chains);
  const short = pictureOf(trace, reasons, { fold: true });
  const anchors = new Set(short.rows.flatMap((row) => (row.type === "step" ? [row.step] : [])));
  return html`<article class="cell" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${cellName(result)}</h3>
<p class="soft">${plain(result.scenario)}, ${counted(result.loads, "load")}; found in schedule ${result.schedules}</p>
<div class="story">
<div class="why">
${chains.map((chain) => whyOf(chain, id, anchors, options))}
</div>
<div>
${trace.length === 0 ? html`<p>No trace was kept.</p>` : picturesOf(trace.length, short, pictureOf(trace, reasons, { fold: false }), id, `${cellName(result)}: ${saidOf(reasons)}`)}
</div>
</div>
${chains.slice(0, 1).map((chain) => replayOf(chain, id, options.command))}
</article>
`;
}

function whyOf(chain: Chain, id: string, anchors: ReadonlySet<number>, options: CounterexampleHtmlOptions): SafeHtml {
  const meaning = options.explain?.(chain.invariant);
  const short = inShort(chain.reasons);
  return html`<h4 class="broken">${chain.invariant} is violated</h4>
${meaning === undefined ? null : html`<p class="soft">It ${plain(meaning)}.</p>`}
${short === null ? null : html`<p class="short">In short: ${plain(short)}</p>`}
<h4>Because</h4>
<ol class="because">
${chain.reasons.map(
  (reason) => html`<li value="${reason.number}">${stepOf(reason, id, anchors)}${plain(reason.text)}</li>
`,
)}</ol>`;
}

function stepOf({ step }: Reason, id: string, anchors: ReadonlySet<number>): SafeHtml | null {
  if (step === null) return null;
  return anchors.has(step) ? html`<a href="#${id}-s${step}">step ${step}</a>: ` : html`step ${step}: `;
}

function picturesOf(steps: number, short: Picture, whole: Picture, id: string, said: string): SafeHtml {
  const folds = short.rows.some((row) => row.type === "fold");
  return html`${boxOf(renderSequence(short, id, `Sequence picture. ${said}`), `${nameOf(id)}: the steps that matter`)}
<p class="soft">Each numbered row is one step: a message arrives, and all that it sets off at once happens. RT F1.g0 is the first refresh token of sign-in F1; each refresh makes the next generation. A heavy red arrow is the same refresh token on its way to the issuer more than once. <b>*</b> marks a choice that FIFO would not have made.</p>
${folds ? html`<details><summary>All ${steps} steps, sign-in included</summary>${boxOf(renderSequence(whole, "", `Sequence picture of all ${steps} steps. ${said}`), `${nameOf(id)}: all steps`)}</details>` : null}`;
}

/** A landmark's name is its own in the page: `counterexample-3` becomes `Counterexample 3`. */
function nameOf(id: string): string {
  return id.replace(/^c(.*)-(\d+)$/, "C$1 $2");
}

/** A picture scrolls in a box of its own, also by keyboard. */
function boxOf(picture: SafeHtml, label: string): SafeHtml {
  return html`<div class="picture" tabindex="0" role="region" aria-label="${label}">${picture}</div>`;
}

/** For those who cannot see the picture: what it shows is the chain. */
function saidOf(reasons: readonly Reason[]): string {
  return plain(reasons.map(({ step, text }) => `${step === null ? "" : `Step ${step}: `}${text}.`).join(" "));
}

function replayOf(chain: Chain, id: string, command: string): SafeHtml {
  return html`<h4>Play it again</h4>
<div class="replay"><pre tabindex="0" role="region" aria-label="${nameOf(id)}: replay command"><code id="${id}-replay">${plain(`${command} replay ${chain.replay}`)}</code></pre><button type="button" data-copies="${id}-replay" aria-live="polite" hidden>Copy</button></div>`;
}
