import { type Clock, createClock } from "../../issuer/clock.ts";

/** Milliseconds: what a timer of Node's can wait for. */
const LONGEST = 2 ** 31 - 1;

/** Real time that can be moved forward, with waits that end when it has come to where they lead. */
export interface MovableClock extends Pick<Clock, "now" | "offset"> {
  /** Moves it forward by whole milliseconds; waits that are over then end at once. */
  advance(ms: number): void;
  /** Resolves so many milliseconds later, or as soon as the signal aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The clock of an app and an issuer that a test moves together.
 *
 * @example
 * ```ts
 * const clock = createMovableClock();
 * const waited = clock.wait(300_000);
 * clock.advance(300_000);
 * await waited;
 * ```
 */
export function createMovableClock(): MovableClock {
  const clock = createClock(Date.now);
  const waiting = new Set<() => void>();
  return {
    now: () => clock.now(),
    get offset() {
      return clock.offset;
    },
    advance(ms) {
      clock.advance(ms);
      for (const look of [...waiting]) look();
    },
    wait(ms, signal) {
      const end = clock.now() + ms;
      return new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const done = () => {
          clearTimeout(timer);
          waiting.delete(look);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const look = () => {
          clearTimeout(timer);
          const left = end - clock.now();
          if (left <= 0 || signal?.aborted) done();
          else timer = setTimeout(look, Math.min(left, LONGEST));
        };
        waiting.add(look);
        signal?.addEventListener("abort", done);
        look();
      });
    },
  };
}
