import type { PostgresPool, PostgresPoolClient } from "kysely";
import { translateError } from "./errors.ts";

/**
 * Where connections come from: a `pg` Pool, or whatever looks like one. Every statement goes through `query` of its clients, and
 * nothing else does, so that a wrapper of it sees all there is.
 */
export interface Pool {
  connect(): Promise<PoolClient>;
  end(): Promise<void>;
  readonly options: object;
}

/** A connection that is ours until released. */
export interface PoolClient {
  /** One round trip. `BEGIN` is two statements in one text. */
  query(text: string, values: unknown[]): Promise<unknown>;
  /** @param destroy True when the connection is in no state to be used again. */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * The same pool, whose errors are the repository's, and whose connections may break at any moment without taking the process along.
 */
export function guardedPool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    async connect() {
      return guardedClient(await pool.connect().catch(translateError));
    },
    end: () => pool.end(),
  };
}

function guardedClient(client: PoolClient): PostgresPoolClient {
  // A connection that breaks between two statements emits "error", which ends a process where nobody listens. It needs no
  // handling beyond that: the next statement rejects.
  const ignore = () => {};
  client.on("error", ignore);
  return {
    query: ((text: string, values: readonly unknown[]) =>
      client.query(text, [...values]).catch(translateError)) as PostgresPoolClient["query"],
    release(destroy) {
      client.removeListener("error", ignore);
      client.release(destroy);
    },
  };
}
