import { randomFillSync } from "node:crypto";

/** Bytes that are drawn at once: one call for each few costs a twentieth of a refresh. */
const DRAWN = 8_192;

/** A source of random bytes that gives none of them twice. */
export function randomSource(): (length: number) => Uint8Array {
  let drawn = new Uint8Array(0);
  let given = 0;
  return (length) => {
    if (given + length > drawn.length) {
      // A new buffer, for the old one's bytes are in somebody's hands.
      drawn = randomFillSync(new Uint8Array(Math.max(DRAWN, length)));
      given = 0;
    }
    given += length;
    return drawn.subarray(given - length, given);
  };
}
