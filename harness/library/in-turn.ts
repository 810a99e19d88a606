import { assertFacades } from "../sim/intact.ts";

let last: Promise<unknown> = Promise.resolve();

/**
 * Lets one run at a time happen in this thread: what is watched for escapes, and whose an error is that nobody caught, can be told
 * for one world only.
 *
 * @throws HoldfastError `BAD_USAGE` where fake timers or the like stand in the world's way
 */
export function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const mine = last.then(() => {
    assertFacades();
    return run();
  });
  last = mine.catch(() => {});
  return mine;
}
