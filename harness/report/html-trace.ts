import type { TraceEntry } from "../model/trace.ts";
import { renderDocument } from "./html-document.ts";
import { html } from "./html-escape.ts";
import { renderSequence } from "./html-sequence.ts";
import { pictureOf } from "./picture.ts";

/**
 * The sequence picture of one trace as a page of its own, which opens from disk and asks the network for nothing.
 *
 * @example
 * ```ts
 * await writeFile("sequence.html", renderTracePage(trace, "signs in twice"));
 * ```
 */
export function renderTracePage(trace: readonly TraceEntry[], title: string): string {
  const picture = pictureOf(trace, [], { fold: false });
  const body = html`<main>
<h1>${title}</h1>
<div class="scroll" role="region" aria-label="Sequence picture" tabindex="0">
${renderSequence(picture, "", `Sequence picture of ${trace.length} messages`)}
</div>
</main>`;
  return renderDocument({ title, body, script: null });
}
