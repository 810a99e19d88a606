import { Kysely, PostgresDialect } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type pg from "pg";
import { records } from "./migrations/0001-records.ts";

/** In the order of their names. One that has been released never changes. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { "0001-records": records };

/**
 * Brings the session store's tables to their newest shape, in one transaction. Several may do so at once: one does it, and the others
 * wait. Other parts of the application may keep their migrations in the same database.
 *
 * @returns The names of the migrations that were missing.
 *
 * @example
 * ```ts
 * await migrateSessionStore(new pg.Pool({ connectionString: process.env.DATABASE_URL })); // ["0001-records"]
 * ```
 */
export async function migrateSessionStore(pool: pg.Pool): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: new Kysely({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableName: "session_migrations",
    migrationLockTableName: "session_migrations_lock",
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
