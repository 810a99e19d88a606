import { HoldfastError } from "./error.ts";

/** Real milliseconds without any sign of life after which a worker is taken for hung. A schedule takes a few. */
const PATIENCE = 60_000;

/**
 * Waits for a cell, but not for ever: code that never gives way (`for (;;) {}`, a promise chain without end) ends no step,
 * so that nothing inside of its thread can stop it.
 *
 * @param alive is given a function to call at each sign of life
 * @throws HoldfastError `STEP_LIMIT` when there is none for too long
 */
export async function guarded<T>(what: string, run: (alive: () => void) => Promise<T>, patience = PATIENCE): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_, reject) => {
    const give = () =>
      reject(
        new HoldfastError(
          "STEP_LIMIT",
          `${what}: no schedule has ended for ${patience / 1000} s`,
          "a handler that never gives way: look for a loop without an end, also of promises",
        ),
      );
    timer = setTimeout(give, patience);
  });
  try {
    return await Promise.race([run(() => timer?.refresh()), hung]);
  } finally {
    clearTimeout(timer);
  }
}
