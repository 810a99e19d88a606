import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rejectionOf } from "../contract/backend.testing.ts";
import { migrate } from "./migrate.ts";
import { startServer, type TestDatabase, type TestServer } from "./server.testing.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(() => server?.stop());

describe("migrating", () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  async function open() {
    database = await server.createDatabase();
    pool = database.pool();
  }

  it("makes the tables once, however many do it at once", async () => {
    await open();
    const done = await Promise.all([migrate(pool), migrate(database.pool()), migrate(database.pool())]);
    expect(done.flat()).toEqual(["0001-initial"]);
    expect(await migrate(pool)).toEqual([]);
    const { rows } = await pool.query("select table_name from information_schema.tables where table_schema = 'public' order by 1");
    expect(rows.map(({ table_name }) => table_name)).toEqual([
      "api_keys",
      "artifacts",
      "events",
      "idempotency_records",
      "repository_migrations",
      "repository_migrations_lock",
      "workspace_members",
      "workspaces",
    ]);
    await database.close();
  });

  it("fails with the error that stopped it, and leaves nothing", async () => {
    await open();
    await pool.query("create table events ()");
    expect(await rejectionOf(migrate(pool))).toMatchObject({ code: "42P07" });
    const { rows } = await pool.query("select from information_schema.tables where table_name = 'workspaces'");
    expect(rows).toEqual([]);
    await database.close();
  });

  describe("makes tables", () => {
    const ARRAYS = "'{}', now(), now()";
    beforeAll(async () => {
      await open();
      await migrate(pool);
      await pool.query("insert into workspaces values ('w', 'W', 'u', now())");
      await pool.query(`insert into workspace_members values ('m', 'w', 'u', 'e', ${ARRAYS})`);
      await pool.query("insert into api_keys values ('k', 'w', 'K', '{}', 'p', 'mac', '1', true, now(), null)");
      await pool.query("insert into events (type, workspace_id, subject_id, created_at) values ('t', 'w', 's', now())");
    });

    afterAll(() => database.close());

    it.each([
      ["two workspaces for one user", "insert into workspaces values ('w2', 'W', 'u', now())", "23505"],
      ["two members of one user", `insert into workspace_members values ('m2', 'w', 'u', 'e', ${ARRAYS})`, "23505"],
      ["two default keys", "insert into api_keys values ('k2', 'w', 'K', '{}', 'p', 'mac', '1', true, now(), null)", "23505"],
      ["one event twice", "insert into events (type, workspace_id, subject_id, created_at) values ('t', 'w', 's', now())", "23505"],
      ["a member of no workspace", `insert into workspace_members values ('m2', 'x', 'u2', 'e', ${ARRAYS})`, "23503"],
      ["a key of no workspace", "insert into api_keys values ('k2', 'x', 'K', '{}', 'p', 'mac', '1', false, now(), null)", "23503"],
      ["an artifact of no workspace", "insert into artifacts values ('a', 'x', 'A', now())", "23503"],
      [
        "an event of no workspace",
        "insert into events (type, workspace_id, subject_id, created_at) values ('t', 'x', 's2', now())",
        "23503",
      ],
      ["a secret without an end", "insert into idempotency_records values ('k', 's', '{}', 'sealed', null, now())", "23514"],
      ["a record without an end", "insert into idempotency_records values ('k', 's', '{}', null, null, null)", "23502"],
    ])("that refuse %s", async (_, statement, code) => {
      expect(await rejectionOf(pool.query(statement))).toMatchObject({ code });
    });

    it("that keep milliseconds, and order ids by their bytes", async () => {
      await pool.query(
        "insert into artifacts values ('a', 'w', 'A', '2026-01-01 00:00:00.123456+00'), ('Z', 'w', 'A', '2026-01-01 00:00:00.123456+00')",
      );
      const { rows } = await pool.query("select id, created_at::text from artifacts order by id");
      expect(rows.map(({ id }) => id)).toEqual(["Z", "a"]);
      expect(rows[0].created_at).toMatch(/\.123\D/);
    });

    it("that are looked up by index", async () => {
      const { rows } = await pool.query(
        "select indexname from pg_indexes where schemaname = 'public' and tablename !~ 'migrations' order by 1",
      );
      expect(rows.map(({ indexname }) => indexname)).toEqual([
        "api_keys_by_prefix",
        "api_keys_by_workspace",
        "api_keys_one_default",
        "api_keys_pkey",
        "artifacts_by_age",
        "artifacts_pkey",
        "events_once",
        "events_pkey",
        "idempotency_records_by_expiry",
        "idempotency_records_by_secret_expiry",
        "idempotency_records_pkey",
        "workspace_members_by_workspace",
        "workspace_members_pkey",
        "workspace_members_workos_user_id_key",
        "workspaces_pkey",
        "workspaces_provisioned_for_key",
      ]);
    });
  });
});
