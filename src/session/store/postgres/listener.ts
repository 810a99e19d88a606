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

/** One connection of the pool, taken when somebody first waits, that listens for all. */
export function createListener(pool: pg.Pool, channel: string): Listener {
  const waiters = new Map<string, Set<() => void>>();
  let listening: Promise<pg.PoolClient> | null = null;

  function wake(key: string): void {
    for (const changed of waiters.get(key) ?? []) changed();
  }

  /** What was missed meanwhile nobody knows, so everybody looks again. */
  function lost(connection: Promise<pg.PoolClient>): void {
    if (listening !== connection) return;
    listening = null;
    for (const key of waiters.keys()) wake(key);
  }

  async function connect(): Promise<pg.PoolClient> {
    const client = await pool.connect();
    client.on("notification", ({ payload = "" }) => wake(payload));
    await client.query(`listen ${channel}`);
    return client;
  }

  async function listen(): Promise<void> {
    if (listening === null) {
      const connection = connect();
      listening = connection;
      connection.then(
        (client) => {
          client.on("error", () => {
            client.release(true);
            lost(connection);
          });
        },
        () => lost(connection),
      );
    }
    await listening;
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
      const client = await listening?.catch(() => null);
      listening = null;
      client?.release(true);
    },
  };
}
