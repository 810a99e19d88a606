import pg from "pg";

/** Milliseconds for which somebody is kept waiting by a database. */
export interface PoolLimits {
  /** Until a connection is there, be it a new one or one that others use. */
  readonly connect: number;
  /** For one statement, the wait for locks included: the server gives it up then. */
  readonly statement: number;
  /** For the answer to one. Longer than `statement`, so that it is only a server or a network that has fallen silent. */
  readonly silence: number;
}

/** A request that has waited for so long is answered 503 with Retry-After by whoever is in front of it. */
const USUAL: PoolLimits = { connect: 5_000, statement: 5_000, silence: 7_000 };

/**
 * Connections to a database that keeps nobody waiting for ever: not when all connections are in use, not when a statement does not end,
 * and not when the server has fallen silent.
 *
 * @example
 * ```ts
 * const pool = openLimitedPool("postgres://ada@127.0.0.1/holdfast");
 * await pool.query("select pg_sleep(60)"); // After 5 s: canceling statement due to statement timeout
 * ```
 */
export function openLimitedPool(databaseUrl: string, { connect, statement, silence }: PoolLimits = USUAL): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connect,
    statement_timeout: statement,
    query_timeout: silence,
  });
  // A connection that breaks while it is idle ends the process otherwise; whoever needs one next hears of it.
  pool.on("error", () => {});
  pool.on("connect", discardWhenSilent);
  return pool;
}

/** The driver gives up waiting for an answer, and keeps the connection, on which the next statement would wait behind that one. */
function discardWhenSilent(client: pg.PoolClient): void {
  const query = client.query as (...parameters: unknown[]) => unknown;
  Object.assign(client, {
    query(...parameters: unknown[]) {
      const answer = query.apply(client, parameters);
      if (answer instanceof Promise) answer.catch((error: Error) => error.message === SILENT && hangUp(client));
      return answer;
    },
  });
}

/** What the driver says then; it has no code. */
const SILENT = "Query read timeout";

/** With a statement under way this breaks the connection at once; the pool takes it for what it is. */
function hangUp(client: pg.PoolClient): void {
  void (client as unknown as pg.Client).end().catch(() => {});
}
