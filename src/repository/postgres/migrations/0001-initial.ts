import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Byte order: paging compares ids, and must not depend on the collation of the database. */
const ID = sql`text collate "C"`;

/** Milliseconds, as everywhere outside of the database: with microseconds a cursor would skip rows. */
const MOMENT = sql`timestamptz(3)`;

/** Members, workspaces, API keys, artifacts, events and idempotency records. */
export const initial: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("workspaces")
      .addColumn("id", ID, (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("provisioned_for", "text", (column) => column.notNull().unique())
      .addColumn("created_at", MOMENT, (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("workspace_members")
      .addColumn("id", ID, (column) => column.primaryKey())
      .addColumn("workspace_id", ID, (column) => column.notNull().references("workspaces.id"))
      .addColumn("workos_user_id", "text", (column) => column.notNull().unique())
      .addColumn("email", "text", (column) => column.notNull())
      .addColumn("scopes", sql`text[]`, (column) => column.notNull())
      .addColumn("created_at", MOMENT, (column) => column.notNull())
      .addColumn("last_seen_at", MOMENT, (column) => column.notNull())
      .execute();
    await db.schema.createIndex("workspace_members_by_workspace").on("workspace_members").column("workspace_id").execute();

    await db.schema
      .createTable("api_keys")
      .addColumn("id", ID, (column) => column.primaryKey())
      .addColumn("workspace_id", ID, (column) => column.notNull().references("workspaces.id"))
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("scopes", sql`text[]`, (column) => column.notNull())
      .addColumn("prefix", "text", (column) => column.notNull())
      .addColumn("secret_mac", "text", (column) => column.notNull())
      .addColumn("pepper_version", "text", (column) => column.notNull())
      .addColumn("is_default", "boolean", (column) => column.notNull())
      .addColumn("created_at", MOMENT, (column) => column.notNull())
      .addColumn("revoked_at", MOMENT)
      .execute();
    await db.schema.createIndex("api_keys_by_prefix").on("api_keys").column("prefix").execute();
    await db.schema.createIndex("api_keys_by_workspace").on("api_keys").column("workspace_id").execute();
    await db.schema
      .createIndex("api_keys_one_default")
      .unique()
      .on("api_keys")
      .column("workspace_id")
      .where(sql.ref("is_default"), "=", true)
      .execute();

    await db.schema
      .createTable("artifacts")
      .addColumn("id", ID, (column) => column.primaryKey())
      .addColumn("workspace_id", ID, (column) => column.notNull().references("workspaces.id"))
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("created_at", MOMENT, (column) => column.notNull())
      .execute();
    await db.schema.createIndex("artifacts_by_age").on("artifacts").columns(["workspace_id", "created_at", "id"]).execute();

    await db.schema
      .createTable("events")
      .addColumn("id", "bigint", (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("workspace_id", ID, (column) => column.notNull().references("workspaces.id"))
      .addColumn("subject_id", ID, (column) => column.notNull())
      .addColumn("created_at", MOMENT, (column) => column.notNull())
      .addUniqueConstraint("events_once", ["type", "subject_id"])
      .execute();

    await db.schema
      .createTable("idempotency_records")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("result", "text")
      .addColumn("sealed_secret", "text")
      .addColumn("secret_expires_at", MOMENT)
      .addColumn("expires_at", MOMENT, (column) => column.notNull())
      .addCheckConstraint("idempotency_records_secret_expires", sql`(sealed_secret is null) = (secret_expires_at is null)`)
      .execute();
    await db.schema.createIndex("idempotency_records_by_expiry").on("idempotency_records").column("expires_at").execute();
    await db.schema
      .createIndex("idempotency_records_by_secret_expiry")
      .on("idempotency_records")
      .column("secret_expires_at")
      .where("secret_expires_at", "is not", null)
      .execute();
  },
};
