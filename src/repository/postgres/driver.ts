import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import { guardedPool, type Pool } from "./pool.ts";

/**
 * Kysely's own dialect for Postgres, but that transactions begin with our terms.
 *
 * @param options.lockTimeout Milliseconds that a statement in a transaction waits for a lock.
 */
export function createDialect(options: { readonly pool: Pool; readonly lockTimeout: number }): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new Driver(options),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class Driver extends PostgresDriver {
  readonly #begin: string;

  constructor({ pool, lockTimeout }: { readonly pool: Pool; readonly lockTimeout: number }) {
    super({ pool: guardedPool(pool) });
    // One round trip for all three. Local settings, because a connection may be shared with others, or be a pooler's.
    this.#begin = `begin isolation level read committed; set local lock_timeout = ${lockTimeout}`;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#begin));
  }
}
