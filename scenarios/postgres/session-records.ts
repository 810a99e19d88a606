import type pg from "pg";
import type { SessionStore } from "../../harness/lanes/postgres/play-sessions.ts";
import { migrateSessionStore } from "../../src/session/store/postgres/migrate.ts";
import { createPostgresStore } from "../../src/session/store/postgres/postgres.ts";

/**
 * The session store of `src/session` in Postgres. Its isolates are told the versions of records, so these are part of what is stored, and
 * so is the next one, which also moves on where nothing is written in the end.
 */
export const sessionRecords: SessionStore = {
  // One listens; the others are for the statements of requests, each of which holds one for as long as a statement lasts.
  connections: 4,
  tables: {
    async migrate(pool) {
      await migrateSessionStore(pool);
    },
    empty: "delete from session_records; select setval('session_record_versions', 1, false)",
    content: `select json_build_object(
      'records', (select coalesce(jsonb_agg(to_jsonb(each) order by version), '[]') from session_records each),
      'version', (select last_value from session_record_versions))`,
  },
  connect: ({ pool, now, wait }) => createPostgresStore({ pool: pool as unknown as pg.Pool, ports: { now, wait } }),
};
