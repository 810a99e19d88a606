import { createHash } from "node:crypto";

const BLOCK = 32;

/**
 * Random bytes by origin: the n-th draw of an actor is a function of (seed, actor, n) alone. It does not depend on the
 * schedule, so that signatures and seals over them can be memoised across schedules.
 *
 * @example
 * ```ts
 * const a = new Randomness("seed").bytes("isolate-1", 4);
 * const b = new Randomness("seed").bytes("isolate-1", 4);
 * a.join() === b.join(); // true
 * ```
 */
export class Randomness {
  readonly #seed: string;
  readonly #draws = new Map<string, number>();
  readonly #numbers = new Map<string, number>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The next `length` bytes of an actor. */
  bytes(actor: string, length: number): Uint8Array<ArrayBuffer> {
    const draw = this.#draws.get(actor) ?? 0;
    this.#draws.set(actor, draw + 1);
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += BLOCK) {
      const block = createHash("sha256").update(`${this.#seed}/${actor}/${draw}/${offset}`).digest();
      bytes.set(block.subarray(0, Math.min(BLOCK, length - offset)), offset);
    }
    return bytes;
  }

  /** A number in [0, 1) with 53 bits, for `Math.random`. */
  number(actor: string): number {
    this.#numbers.set(actor, (this.#numbers.get(actor) ?? 0) + 1);
    const bytes = this.bytes(actor, 8);
    const view = new DataView(bytes.buffer);
    return Number(view.getBigUint64(0) >> 11n) / 2 ** 53;
  }

  /** An RFC 9562 version 4 UUID. */
  uuid(actor: string): `${string}-${string}-${string}-${string}-${string}` {
    const bytes = this.bytes(actor, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Buffer.from(bytes).toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /**
   * How often each actor has drawn a number, for the key of a state: numbers decide things. Bytes are told apart by what they are
   * made into.
   */
  numbers(): readonly (readonly [string, number])[] {
    return [...this.#numbers].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
