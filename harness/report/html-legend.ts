import type { CellReport } from "../model/cell.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { CUT_OFF, countLegend } from "./matrix.ts";

/** The words of the matrix, for whoever sees it for the first time. */
export function renderLegend(reports: readonly CellReport[]): SafeHtml {
  return html`<section class="legend" aria-labelledby="legend">
<h3 id="legend">How to read the matrix</h3>
<dl>
<div><dt>holds, VIOLATED</dt><dd>No order that was tried breaks an invariant; or one does, and the cell links to it. ${countLegend(reports).join(" ")}${reports.some(({ result }) => result.interrupted) ? ` ${CUT_OFF}` : null}</dd></div>
<div><dt>✓, ✗ surprise</dt><dd>The cell shows what it is expected to show, which may be a bug; or it shows something else.</dd></div>
<div><dt>workos, better-auth, …</dt><dd>The head of a column is a profile: an issuer’s rotation policy, that is, when a refresh token is replaced and what happens to whoever presents a spent one.</dd></div>
<div><dt>fifo, random, …</dt><dd>The explorer. Fifo runs one schedule: everything in the order in which it became possible. Random runs many: each step takes any of the possible choices. Pct and delay depart from these orders a few times only, portfolio takes all of them in turn, and exhaustive tries every order.</dd></div>
<div><dt>isolates</dt><dd>Instances of the client that share no memory, as on an edge network.</dd></div>
<div><dt>time moves</dt><dd>How often the clock may go on while messages are in flight, so that a grace period runs out.</dd></div>
<div><dt>crypto=inline</dt><dd>WebCrypto results arrive within the step that asked for them; with crypto=ordered, each in a step of its own, in the order in which its isolate asked; with crypto=interleaved, in any order.</dd></div>
</dl>
</section>`;
}
