import { hash } from "node:crypto";
import { type Piece, piecesOf } from "./pieces.ts";
import { SHORTEST_SECRET, wordsIn } from "./words.ts";

/** What a secret is called in traces. `subject` is whatever its owner wants to find again. */
export interface Named<S = unknown> {
  readonly label: string;
  readonly subject: S | null;
}

interface Secret extends Named {
  readonly content: (() => string) | null;
}

/** What was found in so many texts is remembered: more than one race needs, and little to a run of weeks. */
const REMEMBERED = 5_000;
/** A ciphertext is known by its first 24 bytes: 32 characters of base64url without padding. */
const SEAL_BYTES = 24;
const SEAL_TEXT = 32;
/** Bytes: less than half of what a cookie holds. */
const LONGEST_WHOLE = 1_500;

/**
 * The names of a world's secrets, and what its sealed boxes contain. Whoever mints a secret registers it; the world's
 * crypto registers every encryption by its ciphertext. A sealed cookie is then known by its content.
 *
 * @example
 * ```ts
 * const names = new Names();
 * names.register("rt_0123456789abcdef", "RT F1.g0");
 * names.in("refresh_token=rt_0123456789abcdef").map((name) => name.label); // ["RT F1.g0"]
 * ```
 */
export class Names {
  readonly #secrets = new Map<string, Secret>();
  readonly #seals = new Map<string, string>();
  readonly #found = new Map<string, readonly Named[]>();
  readonly #canonical = new Map<string, string>();
  readonly #boxes: { readonly ciphertext: Uint8Array; readonly content: string }[] = [];
  readonly #pieces = new Map<string, string>();

  /**
   * @param content what can be read in the secret itself, beside random bytes: in another schedule a secret of this name may say
   * other things, and is another one to whoever compares. Nothing where it is only a handle.
   */
  register(secret: string, label: string, subject: unknown = null, content: (() => string) | null = null): void {
    this.#secrets.set(secret, { label, subject, content });
  }

  /**
   * What the sealed box contains of which a text is a piece, as a chunk of a cookie is; null when it is a piece of none. A piece from
   * the beginning of a box is known without this.
   */
  boxOf(piece: string): string | null {
    const known = this.#pieces.get(piece);
    if (known !== undefined) return known;
    // The ends of a chunk may be cut within a group, and the last one has the tag behind a dot.
    const [longest = ""] = piece.split(".").sort((a, b) => b.length - a.length);
    if (longest.length < SEAL_TEXT) return null;
    const box = this.#boxes.find(({ ciphertext }) => Buffer.from(ciphertext).toString("base64url").includes(longest.slice(0, -4)));
    if (box !== undefined) this.#pieces.set(piece, box.content);
    return box?.content ?? null;
  }

  /** Records what a ciphertext contains. Boxes shorter than 24 bytes are not told apart and stay unnamed. */
  seal(ciphertext: Uint8Array, plaintext: Uint8Array): void {
    if (ciphertext.length < SEAL_BYTES) return;
    const content = Buffer.from(plaintext).toString("utf8");
    this.#seals.set(Buffer.from(ciphertext.buffer, ciphertext.byteOffset, SEAL_BYTES).toString("base64url"), content);
    // Only what is too long for one cookie is ever cut; the rest need not be kept.
    if (ciphertext.length > LONGEST_WHOLE) this.#boxes.push({ ciphertext, content });
  }

  /** Every named secret that a text contains, also inside of sealed boxes; each once, in order of appearance. */
  in(text: string): readonly Named[] {
    if (text.length < SHORTEST_SECRET) return [];
    const known = this.#found.get(text);
    if (known !== undefined) return known;
    const found = new Set<Named>();
    this.#collect(piecesOf(text.includes("%") ? decode(text) : text), found);
    const list = [...found];
    // A text can only contain what was minted before it, so the answer never changes.
    if (this.#found.size >= REMEMBERED) this.#found.clear();
    this.#found.set(text, list);
    return list;
  }

  /**
   * The text with each secret by its name and each sealed box by its content: texts that differ in nothing but random bytes
   * become one. The brackets of what was put in do not occur on a wire.
   */
  canonical(text: string): string {
    if (text.length < SHORTEST_SECRET) return text;
    const known = this.#canonical.get(text);
    if (known !== undefined) return known;
    const plain = text.includes("%") ? decode(text) : text;
    let canonical = "";
    let end = 0;
    for (const { from, to } of wordsIn(plain)) {
      canonical += plain.slice(end, from) + this.#canonicalWord(plain.slice(from, to));
      end = to;
    }
    canonical += plain.slice(end);
    // As with `in`: what a text contains was there before it.
    this.#canonical.set(text, canonical);
    return canonical;
  }

  #canonicalWord(word: string): string {
    if (word.length < SHORTEST_SECRET) return word;
    const secret = this.#secrets.get(word);
    if (secret !== undefined) return this.#canonicalSecret(secret, word);
    const parts = word.split(".");
    // The parts around a ciphertext are its salt, its key's name and its tag, which say no more than the content.
    for (const part of parts) {
      const content = this.#sealed(part);
      if (content !== undefined) return `⟦${this.canonical(content)}⟧`;
    }
    if (parts.length > 1) return parts.map((part) => this.#canonicalWord(part)).join(".");
    const pieces = word.split(/([/=])/);
    if (pieces.length > 1) return pieces.map((piece) => this.#canonicalWord(piece)).join("");
    return word.startsWith("eyJ") ? `⟦${this.canonical(Buffer.from(word, "base64url").toString("utf8"))}⟧` : word;
  }

  #canonicalSecret({ label, content }: Secret, word: string): string {
    let canonical = this.#canonical.get(word);
    if (canonical === undefined) {
      // A digest: what a token says is long, and stands in every message that carries it.
      canonical = content === null ? `⟦${label}⟧` : `⟦${label} ${hash("sha1", content(), "base64url")}⟧`;
      this.#canonical.set(word, canonical);
    }
    return canonical;
  }

  /** What the sealed boxes in a text contain. */
  opened(text: string): readonly string[] {
    return wordsIn(text)
      .flatMap(({ from, to }) => text.slice(from, to).split("."))
      .flatMap((part) => this.#sealed(part) ?? []);
  }

  /** What is in the box whose ciphertext this begins with. */
  #sealed(text: string): string | undefined {
    return text.length < SEAL_TEXT ? undefined : this.#seals.get(text.slice(0, SEAL_TEXT));
  }

  #collect(pieces: readonly Piece[], found: Set<Named>): void {
    for (const { text, parts } of pieces) {
      const secret = this.#secrets.get(text);
      const content = secret === undefined ? this.#sealed(text) : undefined;
      if (secret !== undefined) found.add(secret);
      else this.#collect(content === undefined ? parts : piecesOf(content), found);
    }
  }
}

/** Undoes percent-encoding where there is any; a stray percent sign elsewhere in the text changes nothing. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
