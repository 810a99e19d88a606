/** Markup that is safe to stand in a page. Only {@link html} and {@link trusted} make it. */
export class SafeHtml {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type Content = string | number | SafeHtml | null | readonly Content[];

/**
 * Markup with every value escaped, unless it is markup already. Lists are joined, null is nothing. Values may stand
 * between tags and inside of quoted attributes, and nowhere else.
 *
 * @example
 * ```ts
 * String(html`<p title="${'"'}">${"<script>"}</p>`); // '<p title="&quot;">&lt;script&gt;</p>'
 * ```
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): SafeHtml {
  return new SafeHtml(String.raw({ raw: parts }, ...values.map(render)));
}

/** Text of our own that is markup already, for instance a style sheet. Never anything that came from a run. */
export function trusted(markup: string): SafeHtml {
  return new SafeHtml(markup);
}

function render(value: Content): string {
  if (value === null) return "";
  if (value instanceof SafeHtml) return value.toString();
  if (Array.isArray(value)) return value.map(render).join("");
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes what HTML and SVG give a meaning to, between tags and in quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
