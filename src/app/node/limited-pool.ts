import pg from "pg";

/** For how long somebody is kept waiting by a database, in milliseconds, and how many may use it at once. */
export interface PoolLimits {
  readonly connections: number;
  /** Until a connection is there, be it a new one or one that others use. */
  readonly connect: number;
  /** For one statement, the wait for locks included: the server gives it up then. */
  readonly statement: number;
  /** For the answer to one. Longer than `statement`, so that it is only a server or a network that has fallen silent. */
  readonly silence: number;
}

/** A request that has waited for so long is answered 503 with Retry-After by whoever is in front of it. */
const USUAL: PoolLimits = { connections: 10, connect: 5_000, statement: 5_000, silence: 7_000 };

/**
 * Connections to a database that keeps nobody waiting for ever: not when all connections are in use, not when a statement does not end,
 * and not when the server has fallen silent.
 *
 * @param limits those that are not the usual ones: 10 connections, 5 s for one and for a statement, 7 s of silence
 *
 * @example
 * ```ts
 * const pool = openLimitedPool("postgres://ada@127.0.0.1/holdfast", { statement: 1_000 });
 * pool.options.max; // 10
 * ```
 */
export function openLimitedPool(databaseUrl: string, limits: Partial<PoolLimits> = {}): pg.Pool {
  const { connections, connect, statement, silence } = { ...USUAL, ...limits };
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
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
