import { RepositoryError } from "../repository.ts";
import { IN_FLIGHT_RETRY_AFTER } from "../until-no-conflict.ts";

/** Calls back once after a number of milliseconds; the function that it returns cancels. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void;

/** Exclusive locks by name, first come first served, held until their owner lets go of all of them. */
export interface Locks {
  /**
   * Resolves when `owner` has the lock, at once if it has it already.
   *
   * @throws RepositoryError `idempotency_in_flight` when it did not get it in time.
   */
  acquire(name: string, owner: object): Promise<void>;
  releaseAll(owner: object): void;
  /** How many wait at this moment. */
  waiting(): number;
}

interface Waiter {
  readonly owner: object;
  readonly admit: () => void;
}

/**
 * @param options.lockTimeout Milliseconds.
 *
 * @example
 * ```ts
 * const locks = createLocks({ lockTimeout: 2_000, setTimer });
 * await locks.acquire("member:user_ada", transaction);
 * locks.releaseAll(transaction);
 * ```
 */
export function createLocks({ lockTimeout, setTimer }: { readonly lockTimeout: number; readonly setTimer: SetTimer }): Locks {
  const held = new Map<string, { owner: object; readonly queue: Waiter[] }>();

  return {
    acquire(name, owner) {
      const lock = held.get(name);
      if (lock === undefined) {
        held.set(name, { owner, queue: [] });
        return Promise.resolve();
      }
      if (lock.owner === owner) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const cancel = setTimer(() => {
          lock.queue.splice(lock.queue.indexOf(waiter), 1);
          reject(lockTimedOut(lockTimeout));
        }, lockTimeout);
        const waiter = {
          owner,
          admit() {
            cancel();
            resolve();
          },
        };
        lock.queue.push(waiter);
      });
    },

    releaseAll(owner) {
      for (const [name, lock] of held) {
        if (lock.owner !== owner) continue;
        const next = lock.queue.shift();
        if (next === undefined) {
          held.delete(name);
        } else {
          lock.owner = next.owner;
          next.admit();
        }
      }
    },

    waiting: () => [...held.values()].reduce((sum, { queue }) => sum + queue.length, 0),
  };
}

function lockTimedOut(lockTimeout: number): RepositoryError {
  return new RepositoryError(
    "idempotency_in_flight",
    `expected the other request with this key or user to end within ${lockTimeout} ms, got no end: retry with the same key`,
    IN_FLIGHT_RETRY_AFTER,
  );
}
