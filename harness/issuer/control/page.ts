import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { noStore } from "../http.ts";
import { Reply } from "../message.ts";

/** The control page: one self-contained document, whose style and script are the only ones that its browser will run. */
export async function controlPage(): Promise<Reply> {
  const [html, css, js] = await Promise.all(["page.html", "page.css", "page.js"].map(part));
  const nonce = randomBytes(16).toString("base64");
  // As functions, because `$&` and the like mean something in a replacement text.
  const page = (html ?? "")
    .replace("/* style */", () => css ?? "")
    .replace("/* script */", () => js ?? "")
    .replaceAll("{{nonce}}", nonce);
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return new Reply(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      ...noStore,
    },
  });
}

function part(name: string): Promise<string> {
  return readFile(new URL(`./page/${name}`, import.meta.url), "utf8");
}
