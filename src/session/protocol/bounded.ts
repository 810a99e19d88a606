import type { Ports } from "../ports.ts";

/** Milliseconds that discovery, a code or a revocation may take. Token endpoints answer within one second; nobody waits longer for a page. */
export const REQUEST_LIMIT = 10_000;

/** The issuer was silent for too long. Whether it has acted is not known. */
export class TimedOut extends Error {
  constructor() {
    super("the issuer did not answer in time");
    this.name = "TimedOut";
  }
}

/**
 * Does something that must not take longer than `limit`: then its signal aborts, which ends its connection, and nobody waits any more.
 *
 * @param limit Milliseconds.
 * @throws TimedOut when it took longer, and whatever `work` rejects with.
 *
 * @example
 * ```ts
 * const body = await bounded(10_000, ports, async (signal) => (await ports.fetch(url, { signal })).text());
 * ```
 */
export async function bounded<T>(limit: number, ports: Pick<Ports, "wait">, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [over, done] = [new AbortController(), new AbortController()];
  const late = ports.wait(limit, done.signal).then((): never => {
    throw new TimedOut();
  });
  try {
    // Raced too, because a body that is already on its way need not listen to the signal.
    return await Promise.race([work(over.signal), late]);
  } catch (error) {
    if (error instanceof TimedOut) over.abort(error);
    throw error;
  } finally {
    done.abort();
  }
}
