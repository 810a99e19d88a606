import { setImmediate } from "node:timers/promises";
import type { Backend } from "../../src/repository/contract/backend.testing.ts";

/** Lets one actor at a time make one statement, as a list of choices says. */
export interface Stepper {
  /** Every statement awaits its turn. Resolves to the number of the step. */
  turn(): Promise<number>;
  /** Runs actors until all have ended. */
  run(actors: readonly (() => Promise<void>)[]): Promise<void>;
}

/**
 * A step is over when every actor has ended, awaits its turn, or waits for a lock in the database; only then is the next one chosen, so
 * that a list of choices means the same order every time.
 *
 * @param choices Which of the actors that await their turn goes on, modulo their number; the longest waiting when there are no more.
 */
export function createStepper(backend: Pick<Backend, "waiting">, choices: readonly number[]): Stepper {
  const ready: (() => void)[] = [];
  let step = 0;
  let running = 0;
  let isStuck = false;

  /** How often an actor has come to await its turn, or has ended. */
  let arrivals = 0;

  /** True when all that run wait for a lock. */
  async function isQuiet(): Promise<boolean> {
    if (running === 0) return true;
    const before = arrivals;
    const waiting = await backend.waiting();
    // Whoever has been answered since the database looked may have set free what it saw wait.
    return arrivals === before && waiting === running;
  }

  function arrive(): void {
    arrivals++;
    running--;
  }

  return {
    async turn() {
      if (isStuck) throw new Error("the run has ended");
      arrive();
      await new Promise<void>((resolve) => {
        ready.push(resolve);
      });
      running++;
      return step;
    },

    async run(actors) {
      let ended = 0;
      running = actors.length;
      for (const actor of actors) {
        void actor().finally(() => {
          ended++;
          arrive();
        });
      }
      while (ended < actors.length) {
        while (!(await isQuiet())) await setImmediate();
        if (ready.length === 0 && running > 0) {
          isStuck = true;
          throw new Error(`expected an actor that can go on, got ${running} that wait for locks`);
        }
        const [next] = ready.splice((choices[step] ?? 0) % Math.max(1, ready.length), 1);
        step++;
        next?.();
        await setImmediate();
      }
    },
  };
}
