/** A message of the protocol, whole. */
export interface Frame {
  /** Its type byte as a character; empty for a client's first message, which has none. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Bytes of a length, which counts itself. */
const LENGTH = 4;

/** Cuts one direction of a connection into the messages of PostgreSQL's protocol, version 3: a type byte, a length, and the rest. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);
  #isUntyped: boolean;

  /** @param options.startsUntyped true for what a client says: its first message has no type */
  constructor({ startsUntyped }: { readonly startsUntyped: boolean }) {
    this.#isUntyped = startsUntyped;
  }

  /** The messages that are complete with this chunk. */
  push(chunk: Buffer): Frame[] {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const typed = this.#isUntyped ? 0 : 1;
      if (rest.length < typed + LENGTH) break;
      const length = typed + rest.readUInt32BE(typed);
      if (rest.length < length) break;
      frames.push({ type: typed === 0 ? "" : String.fromCharCode(rest[0] as number), bytes: rest.subarray(0, length) });
      rest = rest.subarray(length);
      this.#isUntyped = false;
    }
    this.#rest = rest;
    return frames;
  }
}
