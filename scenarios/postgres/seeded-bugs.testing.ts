import type pg from "pg";
import type { ActorPool } from "../../harness/lanes/postgres/actor-pool.ts";
import type { SessionStore } from "../../harness/lanes/postgres/play-sessions.ts";
import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import { createRepository } from "../../src/repository/create-repository.ts";
import type { Pool } from "../../src/repository/postgres/pool.ts";
import { createPostgresStore } from "../../src/repository/postgres/store.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { openSecret } from "../../src/repository/seal.ts";
import type { IdempotencyRecord, Store } from "../../src/repository/store.ts";
import { sessionRecords } from "./session-records.ts";
import { NEVER, portsOf, tables } from "./tenants.ts";

/** What is wrong with a repository: its tables, what it says to the server, or how it uses its store. */
interface Bug {
  readonly migrate?: (pool: pg.Pool) => Promise<unknown>;
  readonly pool?: (pool: ActorPool) => Pool;
  readonly store?: (store: Store) => Store;
}

/** The two constraints that provision-once rests on. */
const WITHOUT_UNIQUE = `
  alter table workspace_members drop constraint workspace_members_workos_user_id_key;
  alter table workspaces drop constraint workspaces_provisioned_for_key`;

const ON_CONFLICT = ' on conflict ("workos_user_id") do nothing';

/** Passes every statement through `say`, which may say something else or do something first. */
function saying(pool: ActorPool, say: (text: string, values: unknown[], query: Query) => Promise<unknown>): Pool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      return {
        query: (text, values) => say(text, values, (other, given) => client.query(other, given)),
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
      };
    },
  };
}

type Query = (text: string, values: readonly unknown[]) => Promise<unknown>;

/** Each wrong in one way that has been seen in the wild. */
export const BUGS = {
  "missing unique constraint": {
    migrate: (pool) => pool.query(WITHOUT_UNIQUE),
    pool: (pool) => saying(pool, (text, values, query) => query(text.replace(ON_CONFLICT, ""), values)),
  },
  "select, then insert": {
    migrate: (pool) => pool.query(WITHOUT_UNIQUE),
    pool: (pool) =>
      saying(pool, async (text, values, query) => {
        if (!text.includes(ON_CONFLICT)) return query(text, values);
        // The third value is the user.
        const found = (await query("select id from workspace_members where workos_user_id = $1", [values[2]])) as pg.QueryResult;
        return found.rows.length > 0 ? { ...found, rows: [], rowCount: 0 } : query(text.replace(ON_CONFLICT, ""), values);
      }),
  },
  "read committed lost update": {
    // A revocation that reads, decides and writes: two of them both find a key that is not revoked, and both tell of it.
    migrate: (pool) => pool.query("alter table events drop constraint events_once"),
    pool: (pool) =>
      saying(pool, async (text, values, query) => {
        if (!text.startsWith('with "revoked"')) return query(text, values);
        const [now, apiKeyId] = values;
        const key = (await query("select * from api_keys where id = $1", [apiKeyId])) as pg.QueryResult;
        if (key.rows[0]?.revoked_at !== null) return key;
        await query("insert into events (type, workspace_id, subject_id, created_at) values ('api_key.revoked', $1, $2, $3)", [
          key.rows[0].workspace_id,
          apiKeyId,
          now,
        ]);
        return query("update api_keys set revoked_at = $1 where id = $2 returning *", [now, apiKeyId]);
      }),
  },
  "result stored after the commit": {
    store: (store) => ({
      ...store,
      async transaction(run) {
        const late: IdempotencyRecord[] = [];
        const answer = await store.transaction((inner) =>
          run({
            ...inner,
            complete: async (records) => {
              late.push(...records);
            },
          }),
        );
        await store.transaction((inner) => inner.complete(late));
        return answer;
      },
    }),
  },
  "secret in clear": {
    store: (store) => ({
      ...store,
      transaction: (run) =>
        store.transaction((inner) =>
          run({ ...inner, complete: async (records) => inner.complete(await Promise.all(records.map(inClear))) }),
        ),
    }),
  },
  "claim committed in a transaction of its own, and never taken over": {
    store: (store) => ({
      ...store,
      transaction: (run) => store.transaction((inner) => run({ ...inner, claim: (claim) => store.transaction((own) => own.claim(claim)) })),
    }),
  },
} as const satisfies Readonly<Record<string, Bug>>;

async function inClear(record: IdempotencyRecord): Promise<IdempotencyRecord> {
  const { key: recordKey, subject, secret } = record;
  if (secret === null) return record;
  const sealed = await openSecret(
    portsOf({ randomBytes: (length) => new Uint8Array(length) }).sealKeys,
    { recordKey, subject },
    secret.sealed,
  );
  return { ...record, secret: { ...secret, sealed } };
}

/** A scenario whose repository has a bug. */
export function withBug<M extends string>(scenario: DatabaseScenario<Repository, M>, { migrate, pool: wrongPool, store: wrongStore }: Bug) {
  return {
    ...scenario,
    // One connection for what goes wrong inside of another transaction.
    connections: 2,
    tables: {
      ...tables,
      async migrate(pool) {
        await tables.migrate(pool);
        await migrate?.(pool);
      },
    },
    open(environment) {
      const store = createPostgresStore({ pool: wrongPool?.(environment.pool) ?? environment.pool, lockTimeout: NEVER });
      return createRepository(wrongStore?.(store) ?? store, portsOf(environment));
    },
  } satisfies DatabaseScenario<Repository, M>;
}

/** A session store in which a lease has no fence: whoever comes later takes it from its holder, and both write. */
export const withoutFence: SessionStore = {
  ...sessionRecords,
  connect: ({ pool, ...environment }) => {
    const set = (text: string) =>
      text.replace('"version" = $4', "$4::bigint is not null").replace(/("session_records"\."expires_at" <= \$\d+)/, "($1 or true)");
    const wrong = saying(pool, (text, values, query) => query(/^(insert|update)/.test(text) ? set(text) : text, values));
    return sessionRecords.connect({ ...environment, pool: wrong as unknown as ActorPool });
  },
};
