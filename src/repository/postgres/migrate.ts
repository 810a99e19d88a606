import { Kysely, PostgresDialect } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { initial } from "./migrations/0001-initial.ts";
import type { Pool } from "./pool.ts";
import { guardedPool } from "./pool.ts";

/** In the order of their names. One that has been released never changes. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { "0001-initial": initial };

/**
 * Brings the repository's tables to their newest shape, in one transaction. Several may do so at once: one does it, and the others wait.
 * Its own tables are named for the repository, so that another part of the application may keep its migrations in the same database.
 *
 * @returns The names of the migrations that were missing.
 * @throws RepositoryError `unavailable` when the database cannot be reached.
 *
 * @example
 * ```ts
 * await migrate(new pg.Pool({ connectionString: process.env.DATABASE_URL })); // ["0001-initial"]
 * ```
 */
export async function migrate(pool: Pool): Promise<readonly string[]> {
  const migrator = new Migrator({
    // Without a lock time-out: whoever comes second waits for as long as the first takes.
    db: new Kysely({ dialect: new PostgresDialect({ pool: guardedPool(pool) }) }),
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableName: "repository_migrations",
    migrationLockTableName: "repository_migrations_lock",
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
