import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startServer, type TestDatabase, type TestServer } from "../../../repository/postgres/server.testing.ts";
import { storeContract } from "../contract.testing.ts";
import { createManualClock } from "../manual-clock.testing.ts";
import { migrateSessionStore } from "./migrate.ts";
import { createPostgresStore, type PostgresStore } from "./postgres.ts";

let server: TestServer;
let database: TestDatabase;
let admin: pg.Pool;
const stores: PostgresStore[] = [];
beforeAll(async () => {
  server = await startServer();
  database = await server.createDatabase();
  admin = database.pool({ max: 2 });
  await migrateSessionStore(admin);
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await admin.query("delete from session_records");
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

/** Two stores, as two processes have them. */
function open() {
  const clock = createManualClock();
  const [store, other] = [1, 2].map(() => createPostgresStore({ pool: database.pool({ max: 10 }), ports: clock })) as [
    PostgresStore,
    PostgresStore,
  ];
  stores.push(store, other);
  /** After a round trip through either door, whatever was under way before it has come about. */
  async function settle(): Promise<void> {
    for (const door of [store, other]) await door.read("nothing");
    await clock.settle();
  }
  async function advance(milliseconds: number): Promise<void> {
    await settle();
    await clock.advance(milliseconds);
    await settle();
  }
  return { store, other, now: clock.now, advance, settle, clock };
}

describe("the Postgres store", () => {
  storeContract(async () => open());

  test("survives the loss of the connection that listens: who waits looks again, and hears of the next change", async () => {
    const { store, other, now, settle } = open();
    const first = await store.compareAndSet("a", 0, "one", now() + 60_000);
    const version = first.kind === "written" ? first.version : 0;
    const waiting = store.wait("a", version, now() + 30_000);
    await settle();
    const backends = "select pid from pg_stat_activity where query = 'listen session_records' and datname = current_database()";
    const { rows } = await admin.query(backends);
    for (const { pid } of rows) await admin.query("select pg_terminate_backend($1)", [pid]);
    await other.compareAndSet("a", version, "two", now() + 60_000);
    expect((await waiting)?.value).toBe("two");
  });

  test("a wait that listens and hears nothing ends at its deadline", async () => {
    const { store, clock } = open();
    await store.wait("a", 0, clock.now()); // It listens from here on.
    const waiting = store.wait("a", 0, clock.now() + 1_000);
    while (clock.waiting === 0) await store.read("a");
    await clock.advance(1_000);
    expect(await waiting).toBeNull();
  });

  test("a wait that cannot listen rejects, and the next one can", async () => {
    const clock = createManualClock();
    const pool = database.pool({ max: 2 });
    const connect = pool.connect.bind(pool);
    let down = true;
    Object.assign(pool, { connect: (...all: []) => (down ? Promise.reject(new Error("down")) : connect(...all)) });
    const store = createPostgresStore({ pool, ports: clock });
    stores.push(store);
    await expect(store.wait("a", 0, clock.now() + 10)).rejects.toThrow("down");
    down = false;
    expect(await store.wait("a", 0, clock.now())).toBeNull();
  });

  test("takes one connection to listen, however many wait, and gives it back", async () => {
    const { store, now, settle } = open();
    const waits = ["a", "b", "a"].map((key) => store.wait(key, 0, now() + 30_000));
    await settle();
    const listening = async () =>
      (await admin.query("select 1 from pg_stat_activity where query = 'listen session_records' and datname = current_database()"))
        .rowCount;
    expect(await listening()).toBe(1);
    for (const key of ["a", "b"]) await store.compareAndSet(key, 0, "x", now() + 1_000);
    await Promise.all(waits);
    await store.close();
    await expect.poll(listening).toBe(0);
  });
});

describe("migrations", () => {
  test("run once, by whoever comes first", async () => {
    const fresh = await server.createDatabase();
    const pools = [fresh.pool(), fresh.pool()];
    const done = await Promise.all(pools.map((pool) => migrateSessionStore(pool)));
    expect(done.map((names) => names.length).sort()).toEqual([0, 1]);
    expect(await migrateSessionStore(pools[0] as pg.Pool)).toEqual([]);
    await fresh.close();
  });

  test("keep their own books, beside other parts of the application", async () => {
    const { rows } = await admin.query("select table_name from information_schema.tables where table_schema = 'public' order by 1");
    expect(rows.map(({ table_name }) => table_name)).toEqual(["session_migrations", "session_migrations_lock", "session_records"]);
  });

  test("say why they could not run", async () => {
    const broken = await server.createDatabase();
    const pool = broken.pool();
    await pool.query("create sequence session_record_versions");
    await expect(migrateSessionStore(pool)).rejects.toThrow("already exists");
    await broken.close();
  });
});
