import type { Backend } from "../contract/backend.testing.ts";
import { storedApiKeyOf } from "./rows.ts";
import type { TestDatabase } from "./server.testing.ts";
import { createPostgresStore } from "./store.ts";

const TABLES = ["workspaces", "workspace_members", "api_keys", "artifacts", "events", "idempotency_records", "repository_migrations"];

/**
 * The waits of clients for each other, and since when each goes on. Not wait_event, which stays for a moment after the lock was granted;
 * not what waits for, or is, a worker of the server's own (autovacuum): that lets go by itself.
 */
const WAITS = `
  with client as (select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend')
  select concat_ws(' ', pid, coalesce(waitstart, clock_timestamp())) as wait
  from pg_locks join client using (pid)
  where not granted and pg_blocking_pids(pid) && array(select pid from client)
  order by pid`;

/** The Postgres implementation for the contract. Stores share a pool, and no transaction shares a connection with another. */
export function postgresBackend(database: TestDatabase, { lockTimeout }: { readonly lockTimeout: number }): Backend {
  const admin = database.pool({ max: 2 });
  const pool = database.pool({ max: 20 });
  const waits = async () => (await admin.query<{ wait: string }>({ name: "waits", text: WAITS })).rows.map(({ wait }) => wait);
  const all = async (table: string, order: string) => (await admin.query(`select * from ${table} order by ${order}`)).rows;

  return {
    store: () => createPostgresStore({ pool, lockTimeout }),
    async tables() {
      const [workspaces, members, apiKeys, events, records] = await Promise.all([
        all("workspaces", "created_at, id"),
        all("workspace_members", "created_at, id"),
        all("api_keys", "created_at, id"),
        all("events", "id"),
        all("idempotency_records", "key"),
      ]);
      return {
        workspaces: workspaces.map(({ id, name, created_at }) => ({ id, name, createdAt: created_at.getTime() })),
        members: members.map((row) => ({
          id: row.id,
          workspaceId: row.workspace_id,
          workosUserId: row.workos_user_id,
          email: row.email,
          scopes: row.scopes,
          createdAt: row.created_at.getTime(),
          lastSeenAt: row.last_seen_at.getTime(),
        })),
        apiKeys: apiKeys.map(storedApiKeyOf),
        events: events.map(({ type, workspace_id, subject_id, created_at }) => ({
          type,
          workspaceId: workspace_id,
          subjectId: subject_id,
          createdAt: created_at.getTime(),
        })),
        records: records.map(({ key, subject, result, sealed_secret }) => ({ key, subject, result, sealed: sealed_secret })),
      };
    },
    async dump() {
      return JSON.stringify(await Promise.all(TABLES.map((table) => all(table, "1"))));
    },
    async addArtifact({ id, workspaceId, name, createdAt }) {
      await admin.query("insert into artifacts (id, workspace_id, name, created_at) values ($1, $2, $3, $4)", [
        id,
        workspaceId,
        name,
        new Date(createdAt),
      ]);
    },
    async deleteMember(workosUserId) {
      const ofWorkspace = "workspace_id = (select id from workspaces where provisioned_for = $1)";
      for (const table of ["events", "api_keys", "workspace_members"])
        await admin.query(`delete from ${table} where ${ofWorkspace}`, [workosUserId]);
      await admin.query("delete from workspaces where provisioned_for = $1", [workosUserId]);
    },
    async moveRecord(from, to, subject) {
      await admin.query("update idempotency_records set key = $2, subject = $3 where key = $1", [from, to, subject]);
    },
    async waiting() {
      // Two looks at one wait that goes on, so that all that is counted waited at one moment: blockers are told of a process at a time.
      for (let before = await waits(); ; ) {
        const now = await waits();
        if (now.join() === before.join()) return now.length;
        before = now;
      }
    },
    close: () => database.close(),
  };
}
