/** Text that may stand in a page as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

type Part = string | Html | null | readonly Html[];

/** Puts a page together. Whatever is filled in is escaped, unless it is {@link Html} itself; null leaves nothing. */
export function html(literal: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(String.raw({ raw: literal }, ...parts.map(render)));
}

function render(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string") return part.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
  return part.map(render).join("");
}
