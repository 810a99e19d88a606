import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callback, MINUTE, NOW, portsWith } from "../contract/backend.testing.ts";
import { createRepository } from "../create-repository.ts";
import { migratedDatabases } from "./migrated.testing.ts";
import { startServer, type TestDatabase, type TestServer } from "./server.testing.ts";
import { createPostgresStore } from "./store.ts";
import { watchedPool } from "./wire.testing.ts";

let server: TestServer;
let openDatabase: () => Promise<TestDatabase>;
beforeAll(async () => {
  server = await startServer();
  openDatabase = migratedDatabases(server);
}, 60_000);
afterAll(() => server?.stop());

/** What asks the server's clock as a function, which a schema before the catalogue may replace. */
const FUNCTIONS = ["now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"];
/** What asks it as a word of the language, which nothing can replace. */
const WORDS = /\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b/i;

/** A database whose clock is off. */
async function openSkewed(minutes: number) {
  const database = await openDatabase();
  const admin = database.pool();
  // The databases of a file are one, emptied.
  await admin.query("drop schema if exists skewed cascade; create schema skewed");
  for (const name of FUNCTIONS) {
    await admin.query(`create function skewed.${name}() returns timestamptz language sql volatile as
      $$ select pg_catalog.${name}() + interval '${minutes} minutes' $$`);
  }
  const texts: string[] = [];
  const pool = database.pool({ options: "-c search_path=skewed,pg_catalog,public" });
  const store = createPostgresStore({ pool: watchedPool(pool, (text) => void texts.push(text)) });
  return { database, admin, pool, texts, repository: createRepository(store, portsWith()) };
}

/** A record's whole life, and a key's; then everything that is stored but for what is drawn at random. */
async function played(minutes: number) {
  const { database, admin, pool, texts, repository } = await openSkewed(minutes);
  const { rows } = await pool.query<{ off: number }>("select round(extract(epoch from now() - pg_catalog.now()) / 60)::int as off");
  const first = await repository.resolveWebMember(callback());
  const replay = await repository.resolveWebMember(callback());
  const later = await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2", now: NOW + MINUTE }));
  const workspaceId = first.workspace.id;
  const { apiKey } = await repository.createApiKey({ workspaceId, name: "CI", scopes: [], idempotencyKey: "ci", now: NOW });
  await repository.revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW + MINUTE });
  const kept = await repository.sweep(NOW + MINUTE / 2);
  const stored = await times(admin);
  const swept = await repository.sweep(NOW + 10 * 365 * 24 * 60 * MINUTE);
  await database.close();
  expect(rows).toEqual([{ off: minutes }]);
  expect(replay).toEqual(first);
  return { isSeen: later.defaultApiKey === null, kept, swept, stored, texts };
}

async function times(admin: pg.Pool): Promise<unknown> {
  const { rows } = await admin.query(`select
    (select json_agg(json_build_array(created_at, last_seen_at)) from workspace_members) as members,
    (select json_agg(json_build_array(is_default, created_at, revoked_at) order by is_default) from api_keys) as keys,
    (select json_agg(json_build_array(type, created_at) order by id) from events) as events,
    (select json_agg(json_build_array(expires_at, secret_expires_at) order by expires_at, secret_expires_at) from idempotency_records) as records`);
  return rows[0];
}

describe("a database whose clock is off by five minutes", () => {
  it("stores and answers what one does whose clock is right", async () => {
    const right = await played(0);
    expect(await played(5)).toEqual(right);
    expect(await played(-5)).toEqual(right);
    expect(right.isSeen).toBe(true);
    expect(right.texts.filter((text) => WORDS.test(text))).toEqual([]);
  });

  it("has no column that would take the time from it", async () => {
    const database = await openDatabase();
    const { rows } = await database
      .pool()
      .query(
        "select table_name, column_default from information_schema.columns where table_schema = 'public' and column_default is not null",
      );
    await database.close();
    expect(rows.filter(({ column_default }) => WORDS.test(column_default) || /\b\w*(now|timestamp)\(\)/.test(column_default))).toEqual([]);
  });
});
