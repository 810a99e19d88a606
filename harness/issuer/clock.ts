import { HoldfastError } from "../model/error.ts";

/** A clock that goes as another one does, ahead of it. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Milliseconds by which it is ahead. */
  readonly offset: number;
  /**
   * Moves it forward.
   *
   * @param ms negative only with `backwards`, for then things happen that no issuer's clock should do: what has ended begins anew
   * @throws {HoldfastError} `BAD_USAGE` for a step that is no whole number, is beyond a century, or goes backwards unsaid
   */
  advance(ms: number, options?: { readonly backwards?: boolean | undefined }): void;
}

/** A century in milliseconds: beyond it, dates stop to mean anything. */
const MOST = 100 * 365 * 24 * 3_600_000;

/**
 * Real time that can be moved.
 *
 * @param base the time that it follows, for instance `Date.now`
 *
 * @example
 * ```ts
 * const clock = createClock(() => 1_000);
 * clock.advance(500);
 * clock.now(); // 1_500
 * ```
 */
export function createClock(base: () => number): Clock {
  let offset = 0;
  return {
    now: () => base() + offset,
    get offset() {
      return offset;
    },
    advance(ms, { backwards = false } = {}) {
      if (!Number.isInteger(ms) || Math.abs(offset + ms) > MOST) {
        throw new HoldfastError("BAD_USAGE", `expected whole milliseconds within a century, got ${ms}`, "300000 is five minutes");
      }
      if (ms < 0 && !backwards) {
        throw new HoldfastError("BAD_USAGE", `expected a step forward, got ${ms} ms`, "say `backwards: true` if that is meant");
      }
      offset += ms;
    },
  };
}
