import { Kysely, PostgresDialect, sql } from "kysely";
import type pg from "pg";
import type { Ports } from "../../ports.ts";
import type { Store, StoredRecord, Written } from "../store.ts";
import { createListener } from "./listener.ts";

interface Tables {
  readonly session_records: {
    readonly key: string;
    readonly value: string;
    /** A bigint, which the driver gives as text. */
    readonly version: string | number;
    readonly expires_at: string | number;
  };
}

/** A store that holds a connection. */
export interface PostgresStore extends Store {
  /** Gives the listening connection back. The pool stays open: it is its owner's. */
  close(): Promise<void>;
}

const NEXT = sql<string>`nextval('session_record_versions')`;

/**
 * A store in Postgres. A `wait` is a `LISTEN`: one connection of the pool hears of all changes, and nobody polls.
 *
 * @param options.pool Its database has been migrated with `migrateSessionStore`; at least two connections.
 *
 * @example
 * ```ts
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
 * await migrateSessionStore(pool);
 * const store = createPostgresStore({ pool, ports });
 * ```
 */
export function createPostgresStore(options: { readonly pool: pg.Pool; readonly ports: Pick<Ports, "now" | "wait"> }): PostgresStore {
  const { pool, ports } = options;
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const listener = createListener(pool, "session_records");

  async function read(key: string): Promise<StoredRecord | null> {
    const row = await db
      .selectFrom("session_records")
      .select(["value", "version"])
      .where("key", "=", key)
      .where("expires_at", ">", ports.now())
      .executeTakeFirst();
    return row === undefined ? null : { value: row.value, version: Number(row.version) };
  }

  function insert(key: string, value: string, expiresAt: number) {
    return db
      .insertInto("session_records")
      .values({ key, value, version: NEXT, expires_at: expiresAt })
      .onConflict((conflict) =>
        conflict
          .column("key")
          .doUpdateSet({ value, version: NEXT, expires_at: expiresAt })
          // An expired record is no record.
          .where("session_records.expires_at", "<=", ports.now()),
      )
      .returning("version")
      .executeTakeFirst();
  }

  function update(key: string, version: number, value: string, expiresAt: number) {
    return db
      .updateTable("session_records")
      .set({ value, version: NEXT, expires_at: expiresAt })
      .where("key", "=", key)
      .where("version", "=", version)
      .where("expires_at", ">", ports.now())
      .returning("version")
      .executeTakeFirst();
  }

  function remove(key: string, version: number) {
    return db
      .deleteFrom("session_records")
      .where("key", "=", key)
      .where("version", "=", version)
      .where("expires_at", ">", ports.now())
      .returning(NEXT.as("version"))
      .executeTakeFirst();
  }

  return {
    read,

    async compareAndSet(key, version, value, expiresAt): Promise<Written> {
      const change =
        value === null ? remove(key, version) : version === 0 ? insert(key, value, expiresAt) : update(key, version, value, expiresAt);
      const written = await change;
      if (written !== undefined) return { kind: "written", version: Number(written.version) };
      return { kind: "conflict", record: await read(key) };
    },

    async wait(key, version, deadline) {
      for (;;) {
        const over = new AbortController();
        const stop = await listener.on(key, () => over.abort());
        try {
          const record = await read(key);
          if ((record?.version ?? 0) !== version || ports.now() >= deadline) return record;
          await ports.wait(deadline - ports.now(), over.signal);
        } finally {
          stop();
        }
      }
    },

    async list(prefix, limit) {
      const rows = await db
        .selectFrom("session_records")
        .select("key")
        .where(sql<boolean>`starts_with(key, ${prefix})`)
        .where("expires_at", ">", ports.now())
        .orderBy("version")
        .limit(limit)
        .execute();
      return rows.map(({ key }) => key);
    },

    async sweep() {
      const { numDeletedRows } = await db.deleteFrom("session_records").where("expires_at", "<=", ports.now()).executeTakeFirst();
      return Number(numDeletedRows);
    },

    close: () => listener.close(),
  };
}
