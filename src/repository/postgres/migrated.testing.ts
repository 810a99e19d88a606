import { migrate } from "./migrate.ts";
import type { TestDatabase, TestServer } from "./server.testing.ts";

/** Children before parents. */
const TABLES = ["idempotency_records", "events", "artifacts", "api_keys", "workspace_members", "workspaces"];

/**
 * Opens databases that have the repository's tables, and nothing in them. A closed one is emptied and used again, because a new one
 * takes up to a second on a busy disk.
 *
 * @example
 * ```ts
 * const openDatabase = migratedDatabases(server);
 * const database = await openDatabase();
 * await database.close();
 * ```
 */
export function migratedDatabases(server: TestServer): () => Promise<TestDatabase> {
  const free: TestDatabase[] = [];
  return async () => {
    const database = free.pop() ?? (await server.createDatabase());
    await migrate(database.pool({ max: 1 }));
    return {
      ...database,
      async close() {
        // Whoever still holds a lock here is gone first.
        await database.close();
        const pool = database.pool({ max: 1 });
        for (const table of TABLES) await pool.query(`delete from ${table}`);
        await database.close();
        free.push(database);
      },
    };
  };
}
