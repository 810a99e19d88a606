import { drawing } from "../../harness/explore/sampler.ts";

/** One callback of the API, which may come several times. */
export interface Callback {
  readonly user: number;
  /** Which of the user's sign-ins it is of: callbacks of one sign-in have one token, and so one idempotency key. */
  readonly signIn: number;
}

/** Sign-ins of one user. */
export const SIGN_INS = 4;

/**
 * Callbacks in the order in which they are sent: as many for each user, of his sign-ins in turn, so that most are replays, and all of
 * them mixed, so that first sign-ins of one user under several keys meet.
 *
 * @param seed equal seeds give equal orders
 */
export function workload({ users, callbacks, seed }: { readonly users: number; readonly callbacks: number; readonly seed: number }) {
  const all = Array.from(
    { length: callbacks },
    (_, index): Callback => ({ user: index % users, signIn: Math.floor(index / users) % SIGN_INS }),
  );
  const draw = drawing(seed, 0);
  // Fisher and Yates.
  for (let last = all.length - 1; last > 0; last--) {
    const other = draw(last + 1);
    [all[last], all[other]] = [all[other] as Callback, all[last] as Callback];
  }
  return all;
}
