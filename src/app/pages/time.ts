import { html } from "hono/html";
import type { Markup } from "./layout.ts";

/** @param moment Milliseconds since the epoch. */
export function time(moment: number): Markup {
  const iso = new Date(moment).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}
