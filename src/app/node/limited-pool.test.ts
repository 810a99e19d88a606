import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guardedPool } from "../../repository/postgres/pool.ts";
import { startServer, type TestDatabase, type TestServer } from "../../repository/postgres/server.testing.ts";
import { RepositoryError } from "../../repository/repository.ts";
import { openLimitedPool } from "./limited-pool.ts";

let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  server = await startServer();
  database = await server.createDatabase();
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const LIMITS = { connect: 400, statement: 10_000, silence: 20_000 };

/** A way to the server that can fall silent, as a network does: nothing is refused, and nothing comes. */
async function openWire() {
  const { hostname: host, port } = new URL(database.connectionString);
  const answers: Socket[] = [];
  const relay = createServer((client) => {
    const upstream = createConnection({ host, port: Number(port === "" ? 5432 : port) });
    for (const socket of [client, upstream]) socket.on("error", () => {});
    answers.push(upstream);
    client.pipe(upstream).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const url = Object.assign(new URL(database.connectionString), {
    hostname: "127.0.0.1",
    port: `${(relay.address() as AddressInfo).port}`,
  }).href;
  return {
    url,
    fallSilent: () => answers.splice(0).map((socket) => socket.unpipe().pause()),
    close: () => relay.close(),
  };
}

test("a statement that does not end is given up by the server", async () => {
  const pool = openLimitedPool(database.connectionString, { ...LIMITS, statement: 100 });
  await expect(pool.query("select pg_sleep(60)")).rejects.toMatchObject({ code: "57014" });
  await pool.end();
});

test("a server that has fallen silent is unavailable, and its connection is not used again", async () => {
  const wire = await openWire();
  const pool = openLimitedPool(wire.url, { ...LIMITS, silence: 200 });
  const client = await guardedPool(pool).connect();
  wire.fallSilent();
  const error = await client.query("select 1", []).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RepositoryError);
  expect(error).toMatchObject({ code: "unavailable", retryAfter: 1 });
  client.release();
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  expect(pool.totalCount).toBe(1);
  await pool.end();
  wire.close();
});

test("where all connections are in use, whoever comes next is told soon that it is unavailable", async () => {
  const pool = openLimitedPool(database.connectionString, LIMITS);
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const error = await guardedPool(pool)
    .connect()
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "unavailable", retryAfter: 1 });
  for (const client of taken) client.release();
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
