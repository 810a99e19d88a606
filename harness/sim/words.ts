/** A shorter run of characters is no secret. */
export const SHORTEST_SECRET = 16;
/** A JWE has five parts. */
const MOST_PARTS = 5;
const [EQUALS, DOT] = [61, 46];

/** By code: 1 for the characters that tokens, codes and the parts of sealed cookies are made of. */
const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9_\-+/]/.test(String.fromCharCode(code)) ? 1 : 0));

interface Word {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the words of a text stand that may be secrets: runs of 16 characters and more, each with its padding, and up to five of them
 * with dots in between. `=` only pads, for it also stands before a value.
 *
 * It does what `/[A-Za-z0-9_\-+/]{16,}={0,2}(?:\.[A-Za-z0-9_\-+/]{16,}={0,2}){0,4}/g` matches, in a fraction of the time.
 */
export function wordsIn(text: string): Word[] {
  const words: Word[] = [];
  let from = 0;
  while (from + SHORTEST_SECRET <= text.length) {
    const end = runEnd(text, from);
    if (end - from < SHORTEST_SECRET) {
      from = end + 1;
      continue;
    }
    let to = padded(text, end);
    for (let parts = 1; parts < MOST_PARTS && text.charCodeAt(to) === DOT; parts++) {
      const next = runEnd(text, to + 1);
      if (next - (to + 1) < SHORTEST_SECRET) break;
      to = padded(text, next);
    }
    words.push({ from, to });
    from = to;
  }
  return words;
}

function runEnd(text: string, from: number): number {
  let at = from;
  while (IN_WORD[text.charCodeAt(at)] === 1) at++;
  return at;
}

function padded(text: string, from: number): number {
  if (text.charCodeAt(from) !== EQUALS) return from;
  return text.charCodeAt(from + 1) === EQUALS ? from + 2 : from + 1;
}
