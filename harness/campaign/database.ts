import { Kysely, PostgresDialect, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import pg from "pg";
import { initial } from "./migrations/0001-initial.ts";
import type { Tables } from "./tables.ts";

/** In the order of their names. One that has been released never changes. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { "0001-initial": initial };
/** Any number that nobody else is likely to lock. */
const MIGRATION_LOCK = 4_657_334_661;
/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const STATEMENT_TIMEOUT = 120_000;
/** A machine that vanishes in the middle of a transaction keeps its locks no longer than that, and nobody waits longer for one. */
const IDLE_TIMEOUT = 20_000;
const LOCK_TIMEOUT = 30_000;
/** Milliseconds between two tries while the database cannot be had: the first, and the longest. */
const PAUSE = { first: 100, longest: 2_000 };

/** What connections of campaigns say that they are. */
export const APPLICATION = "holdfast campaign";

/** A transaction, or a connection that is in none. */
export type Db = Kysely<Tables>;

/** The database of campaigns. A statement on a connection that breaks rejects, and nothing else happens. */
export interface Database {
  readonly pool: pg.Pool;
  readonly db: Db;
  close(): Promise<void>;
}

/**
 * Connects when it is first asked for something.
 *
 * @param workers how many there are in this process: the loop of each needs a connection, and its sign of life another
 */
export function openDatabase(url: string, workers = 1): Database {
  const pool = new pg.Pool({
    ...{ connectionString: url, max: 1 + 2 * workers, connectionTimeoutMillis: CONNECT_TIMEOUT, statement_timeout: STATEMENT_TIMEOUT },
    ...{ idle_in_transaction_session_timeout: IDLE_TIMEOUT, lock_timeout: LOCK_TIMEOUT },
    application_name: APPLICATION,
    keepAlive: true,
  });
  // An idle connection that breaks says so here; whoever asks next gets another.
  pool.on("error", () => {});
  // One that breaks between two statements of a transaction says so as well, and the next statement rejects.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { pool, db, close: () => db.destroy() };
}

/**
 * Brings the tables to their newest shape. Several may do so at once: one does it, and the others wait. Where they have it already nobody
 * waits for anybody. The lock belongs to a session, and a pooler between here and the server keeps to one only within a transaction.
 */
export async function migrate({ db }: Database): Promise<void> {
  const migrations = await migratorOf(db).getMigrations();
  if (migrations.every(({ executedAt }) => executedAt !== undefined)) return;
  await db.transaction().execute(async (transaction) => {
    // The migrator makes the table with its lock before it takes the lock; two who do that at once get in each other's way.
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(transaction);
    const { error } = await migratorOf(transaction).migrateToLatest();
    if (error !== undefined) throw error;
  });
}

function migratorOf(db: Db): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableName: "holdfast_campaign_migrations",
    migrationLockTableName: "holdfast_campaign_migrations_lock",
  });
}

/** What tells of a database that is away for a moment, or that wants the same asked again: SQLSTATE classes and codes, and what Node says. */
const PASSING =
  /^(08(?!P01)...|57P0[1235]|57014|25P03|40001|40P01|53...|55P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/;
const PASSING_WORDS = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** Whether asking again may help. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && PASSING.test(error.code)) return true;
  if (PASSING_WORDS.test(error.message)) return true;
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  return causes.some((cause) => cause !== undefined && isPassing(cause));
}

/**
 * Asks again until there is an answer. What is asked must be such that asking twice does no harm: an answer can be lost after the fact.
 *
 * @param signal ends the wait
 * @param say is told the first time that the database cannot be had, and when it can again
 */
export async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal, say: (words: string) => void = () => {}): Promise<T> {
  for (let pause = PAUSE.first, tries = 0; ; pause = Math.min(2 * pause, PAUSE.longest), tries++) {
    try {
      const answer = await ask();
      if (tries > 2) say("The database is back.\n");
      return answer;
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error;
      if (tries === 2) say("The database cannot be reached; trying again.\n");
      await delay(pause, signal);
    }
  }
}

/** Real milliseconds, or until somebody aborts. */
export function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
