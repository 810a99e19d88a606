/**
 * Breaks a text between words into lines of at most `width` characters. A word that is longer has a line of its own and
 * stays whole, because half a path or token helps nobody.
 *
 * @example
 * ```ts
 * wrap("the issuer rejects RT F1.g0", 18); // ["the issuer rejects", "RT F1.g0"]
 * ```
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** A wrapped text after a heading such as `  1. `, with later lines indented to match. */
export function hang(head: string, text: string, width: number): string[] {
  return wrap(text, width - head.length).map((line, index) => (index === 0 ? head : " ".repeat(head.length)) + line);
}
