import type pg from "pg";

/** Tells who waits for a key that it has changed. */
export interface Listener {
  /**
   * Hears of every change of a key that is committed after this resolves, also when the connection was lost in between.
   *
   * @returns stops it
   * @throws when there is no connection to be had.
   */
  on(key: string, changed: () => void): Promise<() => void>;
  close(): Promise<void>;
}

/** A connection of the pool that listens, or is about to. */
interface Connection {
  /** @throws when it cannot be had. */
  readonly ready: Promise<void>;
  /** Gives it back, to be closed. */
  end(): void;
}

/** One connection of the pool, taken when somebody first waits, that listens for all. */
export function createListener(pool: pg.Pool, channel: string): Listener {
  const waiters = new Map<string, Set<() => void>>();
  let current: Connection | null = null;

  function wake(key: string): void {
    for (const changed of waiters.get(key) ?? []) changed();
  }

  function open(): Connection {
    let client: pg.PoolClient | null = null;

    /** Once: the driver may report a loss several times, and a client that is given back twice throws. */
    function end(): void {
      client?.release(true);
      client = null;
      if (current !== connection) return;
      current = null;
      // What was missed meanwhile nobody knows, so everybody looks again.
      for (const key of waiters.keys()) wake(key);
    }

    async function begin(): Promise<void> {
      client = await pool.connect();
      // From the first moment on: a connection that breaks while nobody hears of it ends the process.
      client.on("error", end);
      client.on("notification", ({ payload = "" }) => wake(payload));
      await client.query(`listen ${channel}`);
    }

    const ready = begin().catch((error: unknown) => {
      end();
      throw error;
    });
    const connection = { ready, end };
    return connection;
  }

  async function listen(): Promise<void> {
    current ??= open();
    await current.ready;
  }

  return {
    async on(key, changed) {
      const waiting = waiters.get(key) ?? new Set();
      waiters.set(key, waiting.add(changed));
      const stop = () => {
        waiting.delete(changed);
        if (waiting.size === 0 && waiters.get(key) === waiting) waiters.delete(key);
      };
      try {
        await listen();
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },

    async close() {
      const connection = current;
      current = null;
      await connection?.ready.catch(() => {});
      connection?.end();
    },
  };
}
