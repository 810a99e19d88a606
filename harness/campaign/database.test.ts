import { once } from "node:events";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, type OwnDatabase } from "../lanes/postgres/create-database.ts";
import type { PostgresServer } from "../lanes/postgres/server.ts";
import { openTestServer } from "./campaign.testing.ts";
import { type Database, isPassing, migrate, openDatabase } from "./database.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.stop());

describe("the database of campaigns", () => {
  let own: OwnDatabase;
  let database: Database;
  let other: pg.Client;
  beforeEach(async () => {
    own = await createDatabase(server.address);
    database = openDatabase(own.url);
    other = new pg.Client({ connectionString: own.url });
    await other.connect();
  });
  afterEach(async () => {
    await database.close();
    await other.end();
    await own.drop();
  });

  it("rejects the next statement of a transaction whose connection has broken since the last one, and does nothing else", async () => {
    const connected = once(database.pool, "connect");
    const transaction = database.db.transaction().execute(async (within) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(within);
      const [client] = (await connected) as [pg.PoolClient];
      // `once` of node:events would hear of the error itself.
      const broken = new Promise<void>((resolve) => client.once("end", () => resolve()));
      await other.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await broken;
      await sql`select 1`.execute(within);
    });
    expect(isPassing(await transaction.catch((error: unknown) => error))).toBe(true);
    expect((await sql`select 1 as one`.execute(database.db)).rows).toEqual([{ one: 1 }]);
  });

  it("waits for nobody once the tables are there", async () => {
    await migrate(database);
    // What the migrations of Kysely lock.
    await other.query("select pg_advisory_lock(3853314791062309107)");
    await migrate(database);
    const { rows } = await other.query(
      "select granted from pg_locks where locktype = 'advisory' and objid = (3853314791062309107 & 4294967295)::oid",
    );
    expect(rows).toEqual([{ granted: true }]);
  });

  it("makes its tables in one transaction, its lock with it, and keeps no lock", async () => {
    const said: string[] = [];
    database.pool.on("connect", (client) => {
      const query = client.query.bind(client) as (...words: unknown[]) => unknown;
      Object.assign(client, {
        query(...words: unknown[]) {
          const [first] = words as [string | { readonly text: string }];
          said.push(typeof first === "string" ? first : first.text);
          return query(...words);
        },
      });
    });
    await migrate(database);
    const at = (words: RegExp) => said.findIndex((text) => words.test(text));
    const order = [/^begin/, /pg_advisory_lock/, /create table holdfast_campaigns/, /pg_advisory_unlock/, /^commit/].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(
      (
        await other.query(
          "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
        )
      ).rows,
    ).toEqual([]);
  });
});
