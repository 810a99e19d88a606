import { Unordered } from "../model/unordered.ts";

/**
 * A text in which the names that may be exchanged are left open: a number stands for the name of that index, and an array for a set,
 * whose members have no order before they have their names.
 */
export type OpenText = readonly Piece[];
type Piece = string | number | readonly OpenText[];

/** Takes names out of texts and of plain data, once, so that they can be put in again in many ways. */
export class NameOpener {
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #pattern: RegExp | null;

  /** @param names the index of each is what stands for it */
  constructor(names: readonly string[]) {
    this.#indexes = new Map(names.map((name, index) => [name, index]));
    this.#pattern = names.length === 0 ? null : patternOf([...names].sort().join("|"));
  }

  text(text: string): OpenText {
    return this.#open(text, (part) => part);
  }

  /** Plain data as JSON; an {@link Unordered} array in it is a set. */
  data(value: unknown): OpenText {
    const pieces: Piece[] = [];
    this.#addData(pieces, value);
    return pieces;
  }

  /** @param told how what stands between names is told */
  #open(text: string, told: (part: string) => string): Piece[] {
    // With a group in the pattern, what it takes stands between the parts.
    const parts: Piece[] = this.#pattern === null ? [text] : text.split(this.#pattern);
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at] as string;
      parts[at] = at % 2 === 0 ? told(part) : (this.#indexes.get(part) as number);
    }
    return parts;
  }

  #addData(pieces: Piece[], value: unknown): void {
    if (typeof value === "string") this.#addString(pieces, value);
    else if (typeof value !== "object" || value === null) addLiteral(pieces, JSON.stringify(value) ?? "null");
    else if (value instanceof Unordered) this.#addSet(pieces, value);
    else if (Array.isArray(value)) {
      addLiteral(pieces, "[");
      for (const item of value) {
        this.#addData(pieces, item);
        addLiteral(pieces, ",");
      }
      addLiteral(pieces, "]");
    } else {
      addLiteral(pieces, "{");
      for (const [name, item] of Object.entries(value)) {
        this.#addString(pieces, name);
        addLiteral(pieces, ":");
        this.#addData(pieces, item);
        addLiteral(pieces, ",");
      }
      addLiteral(pieces, "}");
    }
  }

  #addString(pieces: Piece[], text: string): void {
    // Escaped only then: after `\n` a name would look like a part of a longer one.
    const [first, ...more] = this.#open(text, (part) => JSON.stringify(part));
    addLiteral(pieces, first as string);
    pieces.push(...more);
  }

  #addSet(pieces: Piece[], items: readonly unknown[]): void {
    const members = items.map((item) => this.data(item));
    if (members.some(isOpen)) pieces.push(members);
    else addLiteral(pieces, inSet(members.map(([text]) => text as string)));
  }
}

/** Literals that meet become one. */
function addLiteral(pieces: Piece[], text: string): void {
  const last = pieces.length - 1;
  if (typeof pieces[last] === "string") pieces[last] += text;
  else pieces.push(text);
}

/** Whether it speaks of anybody. */
export function isOpen(text: OpenText): boolean {
  return text.length > 1 || typeof text[0] !== "string";
}

/** Puts names in. */
export function fill(text: OpenText, names: readonly string[]): string {
  let filled = "";
  for (const piece of text) {
    if (typeof piece === "string") filled += piece;
    else if (typeof piece === "number") filled += names[piece];
    else filled += inSet(piece.map((member) => fill(member, names)));
  }
  return filled;
}

/** The indexes of the names that a text speaks of, added to `spoken`. */
export function collectNames(text: OpenText, spoken: Set<number>): void {
  for (const piece of text) {
    if (typeof piece === "number") spoken.add(piece);
    else if (typeof piece !== "string") for (const member of piece) collectNames(member, spoken);
  }
}

function inSet(members: string[]): string {
  return `<${members.sort().join(",")}>`;
}

const patterns = new Map<string, RegExp>();

/** Names where they stand as a whole: `ada/load-1` is no part of `ada/load-12`. */
function patternOf(names: string): RegExp {
  let pattern = patterns.get(names);
  if (pattern === undefined) {
    const source = names.replace(/[.*+?^${}()[\]\\]/g, "\\$&");
    pattern = new RegExp(`(?<![\\w/-])(${source})(?![\\w/-])`);
    patterns.set(names, pattern);
  }
  return pattern;
}
