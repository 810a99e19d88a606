import { createHash } from "node:crypto";
import { CSS } from "./html-css.ts";
import { html, type SafeHtml, trusted } from "./html-escape.ts";

/**
 * A document that needs nothing else: it opens from disk and asks the network for nothing, which its own content security policy enforces.
 *
 * @param page.script what it runs; null for a document that runs nothing
 */
export function renderDocument({ title, body, script }: { title: string; body: SafeHtml; script: string | null }): string {
  const scripts = script === null ? "" : ` script-src '${hashOf(script)}';`;
  const policy = `default-src 'none'; style-src '${hashOf(CSS)}';${scripts} base-uri 'none'; form-action 'none'`;
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
${body}
${
  script === null
    ? null
    : html`<script>${trusted(script)}</script>
`
}</body>
</html>
`);
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
