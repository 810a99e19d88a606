import type { Kysely, SelectQueryBuilder } from "kysely";
import type { RecordQuery, Transaction } from "../store.ts";
import { apiKeyOf, MEMBER_COLUMNS, memberOf, recordOf, toApiKeyRow, toRecordRow } from "./rows.ts";
import type { Schema } from "./schema.ts";

const API_KEY_COLUMNS = [
  "id",
  "workspace_id",
  "name",
  "scopes",
  "prefix",
  "secret_mac",
  "pepper_version",
  "is_default",
  "created_at",
  "revoked_at",
] as const;

const EVENT_COLUMNS = ["type", "workspace_id", "subject_id", "created_at"] as const;

/** The live record of a key. */
export function selectRecord(
  db: Kysely<Schema>,
  { key, now }: RecordQuery,
): SelectQueryBuilder<Schema, "idempotency_records", Schema["idempotency_records"]> {
  return db.selectFrom("idempotency_records").selectAll().where("key", "=", key).where("expires_at", ">", new Date(now));
}

/** The statements of one transaction in Postgres: see {@link Transaction}. What waits, waits at a unique index or a row. */
export function statementsOf(db: Kysely<Schema>): Transaction {
  return {
    async claim({ key, subject, expiresAt, now }) {
      const claimed = { subject, result: null, sealed_secret: null, secret_expires_at: null, expires_at: new Date(expiresAt) };
      const row = await db
        .insertInto("idempotency_records")
        .values({ key, ...claimed })
        .onConflict((conflict) => conflict.column("key").doUpdateSet(claimed).where("idempotency_records.expires_at", "<=", new Date(now)))
        .returning("key")
        .executeTakeFirst();
      return row !== undefined;
    },

    async provision({ workspace, member, apiKey }) {
      const createdAt = new Date(workspace.createdAt);
      const key = toApiKeyRow(apiKey);
      // One statement, which begins with the constraint that provision-once rests on; all the rest hangs on the row that it inserted.
      const inserted = await db
        .with("member", (qb) =>
          qb
            .insertInto("workspace_members")
            .values({
              id: member.id,
              workspace_id: workspace.id,
              workos_user_id: member.workosUserId,
              email: member.email,
              scopes: member.scopes,
              created_at: createdAt,
              last_seen_at: createdAt,
            })
            .onConflict((conflict) => conflict.column("workos_user_id").doNothing())
            .returning(["id", "workspace_id", "workos_user_id", "created_at"]),
        )
        .with("workspace", (qb) =>
          qb
            .insertInto("workspaces")
            .columns(["id", "name", "provisioned_for", "created_at"])
            .expression((eb) =>
              eb.selectFrom("member").select(["workspace_id", eb.val(workspace.name).as("name"), "workos_user_id", "created_at"]),
            ),
        )
        .with("api_key", (qb) =>
          qb
            .insertInto("api_keys")
            .columns(API_KEY_COLUMNS)
            .expression((eb) => eb.selectFrom("member").select(API_KEY_COLUMNS.map((column) => eb.val(key[column]).as(column))))
            .returning(["id", "workspace_id", "created_at"]),
        )
        .with("event", (qb) =>
          qb
            .insertInto("events")
            .columns(EVENT_COLUMNS)
            .expression((eb) =>
              eb
                .selectFrom("member")
                .select([eb.val("workspace.created").as("type"), "workspace_id", "workspace_id as subject_id", "created_at"])
                .unionAll(
                  eb
                    .selectFrom("member")
                    .select([eb.val("workspace_member.added").as("type"), "workspace_id", "id as subject_id", "created_at"]),
                )
                .unionAll(
                  eb.selectFrom("api_key").select([eb.val("api_key.created").as("type"), "workspace_id", "id as subject_id", "created_at"]),
                ),
            ),
        )
        .selectFrom("member")
        .select("id")
        .executeTakeFirst();
      return inserted !== undefined;
    },

    async see({ workosUserId, email, now }) {
      const row = await db
        .updateTable("workspace_members")
        .from("workspaces")
        .set((eb) => ({ email, last_seen_at: eb.fn<Date>("greatest", ["last_seen_at", eb.val(new Date(now))]) }))
        .whereRef("workspaces.id", "=", "workspace_members.workspace_id")
        .where("workos_user_id", "=", workosUserId)
        .returning(MEMBER_COLUMNS)
        .executeTakeFirst();
      return row === undefined ? null : memberOf(row);
    },

    async findRecord(query) {
      return recordOf(await selectRecord(db, query).executeTakeFirst());
    },

    async insertApiKey(apiKey) {
      await db
        .with("api_key", (qb) => qb.insertInto("api_keys").values(toApiKeyRow(apiKey)).returning(["id", "workspace_id", "created_at"]))
        .insertInto("events")
        .columns(EVENT_COLUMNS)
        .expression((eb) =>
          eb.selectFrom("api_key").select([eb.val("api_key.created").as("type"), "workspace_id", "id as subject_id", "created_at"]),
        )
        .execute();
    },

    async revokeApiKey({ workspaceId, apiKeyId, now }) {
      const row = await db
        .with("revoked", (qb) =>
          qb
            .updateTable("api_keys")
            // Not `where revoked_at is null`: whoever waited for another's revocation is to return it.
            .set((eb) => ({ revoked_at: eb.fn.coalesce("revoked_at", eb.val(new Date(now))) }))
            .where("id", "=", apiKeyId)
            .where("workspace_id", "=", workspaceId)
            .returningAll(),
        )
        .with("event", (qb) =>
          qb
            .insertInto("events")
            .columns(EVENT_COLUMNS)
            .expression((eb) =>
              eb.selectFrom("revoked").select([eb.val("api_key.revoked").as("type"), "workspace_id", "id as subject_id", "revoked_at"]),
            )
            .onConflict((conflict) => conflict.columns(["type", "subject_id"]).doNothing()),
        )
        .selectFrom("revoked")
        .selectAll()
        .executeTakeFirst();
      return row === undefined ? null : apiKeyOf(row);
    },

    async complete(records) {
      await db
        .insertInto("idempotency_records")
        .values(records.map(toRecordRow))
        .onConflict((conflict) =>
          conflict.column("key").doUpdateSet((eb) => ({
            subject: eb.ref("excluded.subject"),
            result: eb.ref("excluded.result"),
            sealed_secret: eb.ref("excluded.sealed_secret"),
            secret_expires_at: eb.ref("excluded.secret_expires_at"),
            expires_at: eb.ref("excluded.expires_at"),
          })),
        )
        .execute();
    },
  };
}
