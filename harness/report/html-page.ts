import { createHash } from "node:crypto";
import { CSS } from "./html-css.ts";
import { html, type SafeHtml, trusted } from "./html-escape.ts";
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
  const policy = `default-src 'none'; style-src '${hashOf(CSS)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${trusted(CSS)}</style>
</head>
<body>
<a class="skip" href="#${skipTo.id}">Skip to ${skipTo.name}</a>
<header>
${header}
</header>
<main>
${main}
</main>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
  return String(page);
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
