import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database, type Tables } from "./database.ts";
import { openTestServer } from "./server.testing.ts";
import type { PostgresServer } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.stop());

const TABLES: Tables = {
  migrate: async (pool) => void (await pool.query("create table cells (value int)")),
  empty: "truncate cells",
  content: "select coalesce(json_agg(value), '[]') from cells",
};

async function databases(): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: server.address.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datname like 'holdfast\\_%' order by 1",
  );
  await client.end();
  return rows.map(({ name }) => name);
}

describe("a database of a run's own", () => {
  it("is there until it is dropped", async () => {
    const before = await databases();
    const database = await Database.create(server.address, TABLES, false);
    expect(await databases()).toHaveLength(before.length + 1);
    expect((await database.content()).value).toEqual([]);
    await database.drop();
    expect(await databases()).toEqual(before);
  });

  it("is gone again where its tables cannot be made", async () => {
    const before = await databases();
    const broken: Tables = { ...TABLES, migrate: async (pool) => void (await pool.query("create tabel cells ()")) };
    await expect(Database.create(server.address, broken, true)).rejects.toMatchObject({ code: "42601" });
    expect(await databases()).toEqual(before);
  });

  it.each(["sslmode=require", "ssl=true"])("is refused at %s where connections are to break, before there is one", async (option) => {
    const before = await databases();
    const refused = Database.create({ ...server.address, url: `${server.address.url}?${option}` }, TABLES, true);
    await expect(refused).rejects.toMatchObject({
      code: "BAD_USAGE",
      message: `expected a connection without TLS for faults of the wire, got ${option} in DATABASE_URL`,
    });
    expect(await databases()).toEqual(before);
  });
});
