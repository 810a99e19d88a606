import { createHash } from "node:crypto";
import type { TraceEntry } from "../model/trace.ts";
import { CSS } from "./html-css.ts";
import { html, trusted } from "./html-escape.ts";
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
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(CSS).digest("base64")}'`;
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${trusted(CSS)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<div class="scroll" role="region" aria-label="Sequence picture" tabindex="0">
${renderSequence(picture, "", `Sequence picture of ${trace.length} messages`)}
</div>
</main>
</body>
</html>
`);
}
