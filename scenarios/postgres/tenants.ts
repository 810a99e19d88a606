import type { Tables } from "../../harness/lanes/postgres/database.ts";
import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import type { Stored } from "../../harness/model/event.ts";
import { createRepository } from "../../src/repository/create-repository.ts";
import { createKeyRing } from "../../src/repository/key-ring.ts";
import type { RepositoryPorts } from "../../src/repository/ports.ts";
import { migrate } from "../../src/repository/postgres/migrate.ts";
import { createPostgresStore } from "../../src/repository/postgres/store.ts";
import type { Repository } from "../../src/repository/repository.ts";

/** Children before parents. */
const TABLES = ["idempotency_records", "events", "artifacts", "api_keys", "workspace_members", "workspaces"] as const;

/** Milliseconds. Time does not pass by itself here: who waits too long is the explorer's choice. */
export const NEVER = 3_600_000;

/** What {@link tenants} reads: the rows as the repository has written them. */
interface Rows {
  readonly workspaces: readonly { readonly id: string; readonly provisioned_for: string }[];
  readonly workspace_members: readonly { readonly id: string; readonly workspace_id: string; readonly workos_user_id: string }[];
  readonly api_keys: readonly {
    readonly id: string;
    readonly workspace_id: string;
    readonly is_default: boolean;
    readonly revoked_at: string | null;
  }[];
  readonly events: readonly { readonly type: string; readonly workspace_id: string; readonly subject_id: string }[];
  readonly idempotency_records: readonly { readonly key: string; readonly subject: string; readonly result: string | null }[];
}

/** All that the repository keeps. Events have numbers that nobody is ever told, and that skip where a transaction was rolled back. */
export const tables: Tables = {
  async migrate(pool) {
    await migrate(pool);
  },
  empty: TABLES.map((table) => `delete from ${table}`).join("; "),
  content: `select json_build_object(${TABLES.map((table) => `'${table}', (${rowsOf(table)})`).join(", ")})`,
};

function rowsOf(table: (typeof TABLES)[number]): string {
  const row = table === "events" ? "to_jsonb(each) - 'id'" : "to_jsonb(each)";
  return `select coalesce(jsonb_agg(${row} order by (${row})::text), '[]') from ${table} each`;
}

const ring = (purpose: string, fill: number) => createKeyRing(purpose, [{ version: "1", key: new Uint8Array(32).fill(fill) }]);

/** What a repository is given beside its store. */
export function portsOf({ randomBytes }: Pick<RepositoryPorts, "randomBytes">): RepositoryPorts {
  return { peppers: ring("pepper", 1), sealKeys: ring("seal key", 2), randomBytes };
}

/** The API key secrets of the repository, wherever they stand. */
const SECRET = /hfk_[0-9a-f]{12}_[\w-]{43}/;

/** What scenarios of the repository have in common. */
export const tenants = {
  tables,
  connections: 1,
  open: (environment) => createRepository(createPostgresStore({ pool: environment.pool, lockTimeout: NEVER }), portsOf(environment)),
  committed: (content, { isolate, request }) => {
    const exposed = SECRET.test(JSON.stringify(content)) ? ["an API key's secret"] : [];
    return [{ type: "committed", isolate, request, stored: stored(content as Rows), exposed }];
  },
} satisfies Pick<DatabaseScenario<Repository>, "tables" | "connections" | "open" | "committed">;

function stored(rows: Rows): Stored {
  return {
    workspaces: rows.workspaces.map(({ id, provisioned_for: user }) => ({ id, user })),
    members: rows.workspace_members.map(({ id, workspace_id: workspace, workos_user_id: user }) => ({ id, workspace, user })),
    apiKeys: rows.api_keys.map((row) => ({
      id: row.id,
      workspace: row.workspace_id,
      isDefault: row.is_default,
      isRevoked: row.revoked_at !== null,
    })),
    events: rows.events.map(({ type, workspace_id: workspace, subject_id: subject }) => ({ type, workspace, subject })),
    records: rows.idempotency_records.map(({ key, subject, result }) => ({ key, subject, isAnswered: result !== null })),
  };
}
