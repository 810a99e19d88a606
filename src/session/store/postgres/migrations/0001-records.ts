import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The records, and a notification with the key of each that changes. */
export const records: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // One count for all keys, so that a key that was deleted never has an old version again.
    await sql`create sequence session_record_versions as bigint`.execute(db);
    await db.schema
      .createTable("session_records")
      .addColumn("key", sql`text collate "C"`, (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .addColumn("version", "bigint", (column) => column.notNull())
      // Milliseconds since the epoch, by the clock of whoever writes.
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("session_records_by_expiry").on("session_records").column("expires_at").execute();
    await sql`
      create function session_record_changed() returns trigger language plpgsql as $$
      begin
        perform pg_notify('session_records', coalesce(new.key, old.key));
        return null;
      end
      $$`.execute(db);
    await sql`
      create trigger session_record_changed after insert or update or delete on session_records
      for each row execute function session_record_changed()`.execute(db);
  },
};
