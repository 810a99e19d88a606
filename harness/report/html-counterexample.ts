import type { CellReport, CellResult } from "../model/cell.ts";
import type { InvariantId } from "../model/invariant.ts";
import type { TraceEntry } from "../model/trace.ts";
import { beyondFifo } from "./choices.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { placeOf } from "./html-matrix.ts";
import { renderSequence } from "./html-sequence.ts";
import { destroyedIn, LIMIT_LINE, LIMIT_TITLE } from "./limit.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { type Chain, chainsOf, inShort, type Reason, reasonsOf } from "./reasons.ts";
import { shrunkLine } from "./shrunk.ts";
import { vitestTest } from "./vitest-test.ts";
import { cellName, counted, plain, standingOf, VERDICT_WORD } from "./words.ts";

export interface CounterexampleHtmlOptions {
  readonly command: string;
  /** See the counterexample's on a terminal. */
  readonly playAgain?: (replay: string) => string;
  readonly explain?: ((invariant: InvariantId) => string | undefined) | undefined;
}

/** A card in the page. */
export interface Card {
  /** What links lead to, for instance `counterexample-3`. */
  readonly id: string;
  /** Unfolded before anybody has asked for it. */
  readonly open: boolean;
}

/** More lanes than this leave no room beside them for the reasons. */
const LANES_BESIDE = 3;

/**
 * One counterexample, folded below its title: why, beside the picture of the steps that matter; all steps folded away
 * below; the line that plays it again.
 */
export function renderCounterexampleHtml(report: CellReport, { id, open }: Card, options: CounterexampleHtmlOptions): SafeHtml {
  const { result } = report;
  const trace = report.counterexample ?? [];
  const chains = chainsOf(result);
  const reasons = reasonsOf(chains);
  const short = pictureOf(trace, reasons, { fold: true });
  const anchors = new Set(short.rows.flatMap((row) => (row.type === "step" ? [row.step] : [])));
  const limit = result.verdict === "cannot-be-had";
  const said = `${cellName(result)}: ${saidOf(reasons)}`;
  const whole = short.rows.some((row) => row.type === "fold") ? pictureOf(trace, reasons, { fold: false }) : null;
  return html`<article class="cell ${standingOf(result)}${limit ? " limit" : ""}" id="${id}" aria-labelledby="${id}-title">
<details${open ? html` open` : null}>
<summary><h3 id="${id}-title">${plain(result.scenario)} · ${cellName(result)}</h3>${outcomeOf(result, chains)}</summary>
${shrunkOf(result)}
<div class="story${short.lanes.length > LANES_BESIDE ? " broad" : ""}">
<div class="why">
${limit ? limitOf(destroyedIn(trace, reasons), id, anchors) : null}
${chains.map((chain) => whyOf(chain, limit, id, anchors, options))}
</div>
<div>
${trace.length === 0 ? html`<p>No trace was kept.</p>` : pictureBelow(short, id, said)}
${trace.length === 0 ? null : choicesOf(trace)}
</div>
</div>
${whole === null ? null : html`<details><summary>All ${trace.length} steps, sign-in included</summary>${boxOf(renderSequence(whole, "", `Sequence picture of all ${trace.length} steps. ${said}`), `${nameOf(id)}: all steps`)}</details>`}
${chains.slice(0, 1).map((chain) => replayOf(chain, id, options))}
${testOf(report, id)}
<p class="back"><a href="#${placeOf(id)}">Back to ${result.lane === "live" ? "the plan" : "the matrix"}<span class="heard">, from ${nameOf(id)}</span></a></p>
</details>
</article>
`;
}

/** What a folded card says of itself. */
function outcomeOf(result: CellResult, chains: readonly Chain[]): SafeHtml {
  const standing = standingOf(result);
  const limit = result.verdict === "cannot-be-had";
  const shown = limit ? LIMIT_TITLE : `${chains.map(({ invariant }) => invariant).join(", ")} violated`;
  const mark =
    standing === "expected"
      ? " ✓ as expected"
      : standing === "surprise" && result.expect !== null
        ? ` ✗ surprise: expected ${VERDICT_WORD[result.expect]}`
        : "";
  // After a limit the search goes on, so that the number is not where it was found.
  const found = limit ? `${counted(result.schedules, "schedule")} run` : `found in schedule ${result.schedules}`;
  return html`<span class="outcome"><b>${shown}${mark}</b> <span class="soft">· ${counted(result.loads, "load")}; ${found}</span></span>`;
}

/** What must be known before the chain: nobody is to blame. */
function limitOf(step: number | null, id: string, anchors: ReadonlySet<number>): SafeHtml {
  const when = step === null ? null : html` (${stepLink(step, id, anchors)})`;
  return html`<h4 class="broken">${LIMIT_TITLE}</h4>
<p class="short">${LIMIT_LINE.before}${when}${LIMIT_LINE.after}</p>`;
}

function whyOf(chain: Chain, limit: boolean, id: string, anchors: ReadonlySet<number>, options: CounterexampleHtmlOptions): SafeHtml {
  const meaning = options.explain?.(chain.invariant);
  const short = limit ? null : inShort(chain.reasons);
  return html`<h4${limit ? null : html` class="broken"`}>${limit ? "The consequence: " : ""}${chain.invariant} is violated</h4>
${meaning === undefined ? null : html`<p class="soft">It ${plain(meaning)}.</p>`}
${short === null ? null : html`<p class="short">In short: ${plain(short)}</p>`}
<h4>Because</h4>
<ol class="because">
${chain.reasons.map(
  (
    reason,
  ) => html`<li value="${reason.number}">${reason.step === null ? null : html`${stepLink(reason.step, id, anchors)}: `}${plain(reason.text)}</li>
`,
)}</ol>`;
}

function stepLink(step: number, id: string, anchors: ReadonlySet<number>): SafeHtml {
  return anchors.has(step) ? html`<a href="#${id}-s${step}">step ${step}</a>` : html`step ${step}`;
}

function pictureBelow(short: Picture, id: string, said: string): SafeHtml {
  return html`${boxOf(renderSequence(short, id, `Sequence picture. ${said}`), `${nameOf(id)}: the steps that matter`)}
<p class="soft">Each numbered row is one step: a message arrives or time passes, and all that it sets off at once happens. RT F1.g0 is the first refresh token of sign-in F1; each refresh makes the next generation. A heavy arrow is the same refresh token on its way to the issuer more than once. <b>*</b> marks a choice that FIFO would not have made.</p>`;
}

/** A landmark's name is its own in the page: `counterexample-3` becomes `Counterexample 3`. */
function nameOf(id: string): string {
  return id.replace(/^c(.*)-(\d+)$/, "C$1 $2");
}

/**
 * A picture scrolls in a box of its own, also by keyboard: sideways, while up and down go through its steps, and the one that is marked is
 * told below. Shadows say that there is more, and on a narrow screen words.
 */
function boxOf(picture: SafeHtml, label: string): SafeHtml {
  return html`<p class="hint soft" aria-hidden="true">The picture goes on to the right: scroll it →</p><div class="picture" tabindex="0" role="region" aria-label="${label}">${picture}</div><p class="told soft" role="status" hidden></p>`;
}

/** For those who cannot see the picture: what it shows is the chain. */
function saidOf(reasons: readonly Reason[]): string {
  return plain(reasons.map(({ step, text }) => `${step === null ? "" : `Step ${step}: `}${text}.`).join(" "));
}

function shrunkOf(result: CellResult): SafeHtml | null {
  const line = shrunkLine(result);
  return line === null ? null : html`<p class="soft">${line}.</p>`;
}

/** The choices that FIFO would not have made. */
function choicesOf(trace: readonly TraceEntry[]): SafeHtml {
  const { head, lines } = beyondFifo(trace);
  return html`${head === "" ? null : html`<p>${head}</p>`}
${lines.length === 0 ? null : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}`;
}

function replayOf({ replay }: Chain, id: string, { command, playAgain }: CounterexampleHtmlOptions): SafeHtml {
  return html`<h4>Play it again</h4>
${copyable(plain(playAgain?.(replay) ?? `${command} replay ${replay}`), `${id}-replay`, `${nameOf(id)}: replay command`)}`;
}

function testOf(report: CellReport, id: string): SafeHtml | null {
  const test = vitestTest(report);
  return test === null
    ? null
    : html`<h4>As a test, which fails as long as this happens</h4>
${copyable(test, `${id}-test`, `${nameOf(id)}: test`)}`;
}

/** Text with a button that copies it. */
function copyable(text: string, id: string, label: string): SafeHtml {
  return html`<div class="replay"><pre tabindex="0" role="region" aria-label="${label}"><code id="${id}">${text}</code></pre><button type="button" data-copies="${id}" aria-live="polite" hidden>Copy</button></div>`;
}
