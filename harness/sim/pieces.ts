import { wordsIn } from "./words.ts";

/** A run of characters that may be a secret or a sealed box; if it is neither, what it is made of may be. */
export interface Piece {
  readonly text: string;
  readonly parts: readonly Piece[];
}

/** What may glue a secret to its neighbours, coarsest first: the dots of a JWT, then the slashes of a path and padding. */
const SEPARATORS = [/\./, /[/=]/];
/** Beyond this many texts the memo starts anew; a long search must not grow without bound. */
const MEMO_LIMIT = 5_000;
const memo = new Map<string, readonly Piece[]>();

/** The words of a text, and what is in them. A pure function, remembered for all worlds: most of what is on a wire is the same in every run. */
export function piecesOf(text: string): readonly Piece[] {
  const known = memo.get(text);
  if (known !== undefined) return known;
  const pieces = wordsIn(text).map(({ from, to }) => pieceOf(text.slice(from, to), SEPARATORS));
  if (memo.size >= MEMO_LIMIT) memo.clear();
  memo.set(text, pieces);
  return pieces;
}

function pieceOf(text: string, [separator, ...finer]: readonly RegExp[]): Piece {
  // What JSON in base64url begins with.
  if (separator === undefined)
    return { text, parts: text.startsWith("eyJ") ? piecesOf(Buffer.from(text, "base64url").toString("utf8")) : [] };
  const parts = text.split(separator);
  return parts.length === 1 ? pieceOf(text, finer) : { text, parts: parts.map((part) => pieceOf(part, finer)) };
}
