import { Kysely, sql } from "kysely";
import { invalid } from "../check.ts";
import type { Store } from "../store.ts";
import { createDialect } from "./driver.ts";
import type { Pool } from "./pool.ts";
import { MEMBER_COLUMNS, memberOf, recordOf, storedApiKeyOf } from "./rows.ts";
import type { Schema } from "./schema.ts";
import { selectRecord, statementsOf } from "./transaction.ts";

/** Milliseconds. Provisioning takes a few; whoever holds a lock for this long has died or is stuck. */
const DEFAULT_LOCK_TIMEOUT = 2_000;

/**
 * A store in Postgres. The pool stays the caller's, who ends it; its tables come from `migrate`.
 *
 * @param options.lockTimeout Milliseconds that a statement waits for another transaction.
 * @throws RepositoryError `invalid_argument` when that is not a positive whole number: 0 would wait for ever.
 *
 * @example
 * ```ts
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
 * pool.on("error", () => {}); // A connection that breaks while it is idle ends the process otherwise.
 * await migrate(pool);
 * const repository = createRepository(createPostgresStore({ pool }), ports);
 * ```
 */
export function createPostgresStore(options: { readonly pool: Pool; readonly lockTimeout?: number }): Store {
  const { pool, lockTimeout = DEFAULT_LOCK_TIMEOUT } = options;
  if (!Number.isInteger(lockTimeout) || lockTimeout <= 0) {
    throw invalid(`expected a lockTimeout of whole milliseconds above 0, got ${lockTimeout}`);
  }
  const db = new Kysely<Schema>({ dialect: createDialect({ pool, lockTimeout }) });

  return {
    async lookup({ key, workosUserId, now }) {
      // A row of nothing, so that there is an answer about the member where there is no record.
      const row = await db
        .selectFrom(sql<{ one: number }>`(select 1 as one)`.as("nothing"))
        .leftJoin("idempotency_records as record", (join) => join.on("record.key", "=", key).on("record.expires_at", ">", new Date(now)))
        .selectAll("record")
        .select((eb) => eb.exists(eb.selectFrom("workspace_members").select("id").where("workos_user_id", "=", workosUserId)).as("known"))
        .executeTakeFirstOrThrow();
      return { record: recordOf(row), known: Boolean(row.known) };
    },

    async findRecord(query) {
      return recordOf(await selectRecord(db, query).executeTakeFirst());
    },

    async findMember(workosUserId) {
      const row = await db
        .selectFrom("workspace_members")
        .innerJoin("workspaces", "workspaces.id", "workspace_members.workspace_id")
        .select(MEMBER_COLUMNS)
        .where("workos_user_id", "=", workosUserId)
        .executeTakeFirst();
      return row === undefined ? null : memberOf(row);
    },

    async findApiKeys(prefix) {
      const rows = await db.selectFrom("api_keys").selectAll().where("prefix", "=", prefix).execute();
      return rows.map(storedApiKeyOf);
    },

    async listArtifacts({ workspaceId, after, limit }) {
      const ofWorkspace = db.selectFrom("artifacts").selectAll().where("workspace_id", "=", workspaceId);
      const rest =
        after === null
          ? ofWorkspace
          : ofWorkspace.where((eb) => eb(eb.refTuple("created_at", "id"), "<", eb.tuple(new Date(after.createdAt), after.id)));
      const rows = await rest.orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute();
      return rows.map(({ id, workspace_id, name, created_at }) => ({
        id,
        workspaceId: workspace_id,
        name,
        createdAt: created_at.getTime(),
      }));
    },

    async sweep(now) {
      // Records in use are left for the next time: waiting for them here could end in a deadlock.
      await db
        .updateTable("idempotency_records")
        .set({ sealed_secret: null, secret_expires_at: null })
        .where("key", "in", (eb) =>
          eb.selectFrom("idempotency_records").select("key").where("secret_expires_at", "<=", new Date(now)).forUpdate().skipLocked(),
        )
        .execute();
      const { numDeletedRows } = await db
        .deleteFrom("idempotency_records")
        .where("key", "in", (eb) =>
          eb.selectFrom("idempotency_records").select("key").where("expires_at", "<=", new Date(now)).forUpdate().skipLocked(),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    },

    transaction: (run) => db.transaction().execute((transaction) => run(statementsOf(transaction))),
  };
}
