import { createHash } from "node:crypto";
import { Reply } from "../message.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

/** The one script there is: it sends a form on that must be sent on. Without it there is its button. */
const SUBMIT = "document.forms[0].submit()";

const hashed = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * The pages load nothing and stand in no frame. Where their forms lead is open: a browser holds `form-action` against every redirect
 * that follows, and those are the app's own.
 */
const POLICY = `default-src 'none'; style-src ${hashed(STYLE)}; script-src ${hashed(SUBMIT)}; frame-ancestors 'none'; base-uri 'none'`;

/** A page of the issuer. */
export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** Sends its first form at once. */
  readonly submits?: boolean;
}

/** The answer that shows a page. */
export function showPage({ title, body, status = 200, submits = false }: Page): Reply {
  // The template would escape what the policy's hashes were taken of.
  const head = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} · Holdfast issuer</title><meta name="viewport" content="width=device-width"><style>`;
  const page = html`</style></head><body><main>${body}</main><footer class="soft">A test issuer. Nobody is real here: type no password of yours.</footer>`;
  const end = submits ? `<script>${SUBMIT}</script></body></html>` : "</body></html>";
  return new Reply(`${head.text}${STYLE}${page.text}${end}`, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    },
  });
}
