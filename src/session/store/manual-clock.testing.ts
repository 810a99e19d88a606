import { START } from "../session.testing.ts";

interface Waiting {
  readonly at: number;
  readonly resolve: () => void;
}

/** Time that stands still until a test moves it. */
export interface ManualClock {
  now(): number;
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** How many waits are going on. */
  readonly waiting: number;
  advance(milliseconds: number): Promise<void>;
  settle(): Promise<void>;
}

/** A clock that begins at `START`, with the waits that hang on it. */
export function createManualClock(): ManualClock {
  const waits = new Set<Waiting>();
  let time = START;
  async function settle(): Promise<void> {
    // Whatever promises are waiting for each other are done by then; nothing here waits for a thread.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    now: () => time,
    get waiting() {
      return waits.size;
    },
    wait(milliseconds, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const waiting = { at: time + milliseconds, resolve: end };
        function end(): void {
          waits.delete(waiting);
          resolve();
        }
        waits.add(waiting);
        signal?.addEventListener("abort", end);
        if (milliseconds <= 0) end();
      });
    },
    async advance(milliseconds) {
      const goal = time + milliseconds;
      for (;;) {
        const next = [...waits].filter(({ at }) => at <= goal).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        time = Math.max(time, next.at);
        next.resolve();
        await settle();
      }
      time = goal;
      await settle();
    },
    settle,
  };
}
