import { renderDocument } from "./html-document.ts";
import { html, type SafeHtml } from "./html-escape.ts";
import { SCRIPT } from "./html-script.ts";

/** What differs from one page to the next. */
export interface PageOf {
  readonly title: string;
  /** Where the first link leads, for who uses no mouse. */
  readonly skipTo: { readonly id: string; readonly name: string };
  readonly header: SafeHtml;
  readonly main: SafeHtml;
}

/**
 * A page that needs nothing else: it opens from disk and asks the network for nothing, which its own content security policy enforces.
 */
export function renderPage({ title, skipTo, header, main }: PageOf): string {
  const body = html`<a class="skip" href="#${skipTo.id}">Skip to ${skipTo.name}</a>
<header>
${header}
</header>
<main>
${main}
</main>`;
  return renderDocument({ title, body, script: SCRIPT });
}
