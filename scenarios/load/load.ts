import { setTimeout } from "node:timers/promises";
import pg from "pg";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";
import { openLimitedPool } from "../../src/app/node/limited-pool.ts";
import { createRepository } from "../../src/repository/create-repository.ts";
import { createPostgresStore } from "../../src/repository/postgres/store.ts";
import { type Repository, RepositoryError, type ResolvedMember } from "../../src/repository/repository.ts";
import { portsOf, tables } from "../postgres/tenants.ts";
import { dump, exposed } from "./dump.ts";
import { type Callback, workload } from "./workload.ts";

export interface LoadSize {
  readonly users: number;
  readonly callbacks: number;
  /** Connections to the database, and callbacks under way at once. */
  readonly connections: number;
}

/** What a load run came to. */
export interface LoadReport {
  /** How often the server was restarted; where it is not ours, how often all its connections were ended. */
  readonly restarts: number;
  /** Attempts beyond the first of each callback. */
  readonly retries: number;
  /** Milliseconds from the first attempt to the answer, by what it was. */
  readonly latencies: Readonly<Record<"first" | "seen" | "replay", readonly number[]>>;
  /** Callbacks of one sign-in that were not all answered alike. */
  readonly unlike: number;
  readonly stored: Stored;
  /** Secrets that were handed out. */
  readonly secrets: number;
  /** Those of them that stand in a full dump. */
  readonly exposed: number;
  /** Characters of the dump. */
  readonly dumped: number;
}

/** Rows, by what they are. */
export interface Stored {
  readonly users: number;
  readonly workspaces: number;
  readonly members: number;
  readonly keys: number;
  readonly events: number;
  /** Idempotency records: of sign-ins and of users. */
  readonly records: number;
  /** Those without a result. */
  readonly inFlight: number;
}

const RESTARTS = 2;
/** Milliseconds. A callback that is not answered by then is lost: restarts take seconds. */
const PATIENCE = 60_000;
/** Milliseconds. Longer than any run, so that every callback of a sign-in is within its record's life. */
const TOKEN_LIFE = 600_000;

/**
 * Callbacks of many users on a database of its own, which is gone afterwards, while the server is restarted twice. Whoever is not answered
 * comes again, as he is told to.
 *
 * @throws Error when a callback is not answered within a minute, or fails in a way that no client can mend.
 */
export async function load(server: PostgresServer, database: { readonly url: string }, size: LoadSize): Promise<LoadReport> {
  const pool = openLimitedPool(database.url, { connections: size.connections });
  try {
    await tables.migrate(pool);
    const ports = portsOf({ randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });
    const repository = createRepository(createPostgresStore({ pool }), ports);
    const traffic = new Traffic(repository, workload({ ...size, seed: 1 }));
    const restarting = restartMeanwhile(server, new URL(database.url).pathname.slice(1), traffic, size.callbacks);
    await Promise.all(Array.from({ length: size.connections }, () => traffic.run()));
    const restarts = await restarting;
    const text = await dump(pool);
    const secrets = traffic.secrets();
    return {
      ...{ restarts, retries: traffic.retries, latencies: traffic.latencies, unlike: traffic.unlike, stored: await stored(pool) },
      ...{ secrets: secrets.size, exposed: exposed(text, secrets), dumped: text.length },
    };
  } finally {
    await pool.end();
  }
}

/** What clients send, as many at once as run. */
class Traffic {
  retries = 0;
  answered = 0;
  unlike = 0;
  readonly latencies = { first: [] as number[], seen: [] as number[], replay: [] as number[] };
  readonly #repository: Repository;
  readonly #left: Callback[];
  /** By idempotency key: the first answer. */
  readonly #answers = new Map<string, string>();
  readonly #secrets = new Set<string>();
  readonly #began = Date.now();

  constructor(repository: Repository, callbacks: readonly Callback[]) {
    this.#repository = repository;
    this.#left = [...callbacks].reverse();
  }

  secrets(): ReadonlySet<string> {
    return this.#secrets;
  }

  async run(): Promise<void> {
    for (let callback = this.#left.pop(); callback !== undefined; callback = this.#left.pop()) {
      const key = `workos-jti:${callback.user}-${callback.signIn}`;
      const sent = performance.now();
      const answer = await this.#answered(callback, key);
      this.answered++;
      const known = this.#answers.get(key);
      const text = JSON.stringify(answer);
      this.#answers.set(key, known ?? text);
      if (known !== undefined && known !== text) this.unlike++;
      if (answer.defaultApiKey !== null) this.#secrets.add(answer.defaultApiKey.secret);
      const kind = known !== undefined ? "replay" : answer.defaultApiKey === null ? "seen" : "first";
      this.latencies[kind].push(performance.now() - sent);
    }
  }

  async #answered({ user }: Callback, idempotencyKey: string): Promise<ResolvedMember> {
    const began = performance.now();
    const request = {
      ...{ workosUserId: `user_${user}`, email: `user-${user}@example.test`, idempotencyKey },
      expiresAt: this.#began + TOKEN_LIFE,
    };
    for (;;) {
      try {
        return await this.#repository.resolveWebMember({ ...request, now: Date.now() });
      } catch (error) {
        if (!(error instanceof RepositoryError) || error.retryAfter === null || performance.now() - began > PATIENCE) throw error;
        this.retries++;
        await setTimeout(error.retryAfter * 1_000);
      }
    }
  }
}

/** At equal distances; resolves to how often. */
async function restartMeanwhile(server: PostgresServer, database: string, traffic: Traffic, callbacks: number): Promise<number> {
  for (let restart = 1; restart <= RESTARTS; restart++) {
    while (traffic.answered < (callbacks * restart) / (RESTARTS + 1)) await setTimeout(5);
    await (server.restart ?? (() => endOthers(server, database)))();
  }
  return RESTARTS;
}

/** What clients see of a restart, where the server is not ours. */
async function endOthers({ address: { url } }: PostgresServer, database: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin
    .query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()", [database])
    .finally(() => admin.end());
}

async function stored(pool: pg.Pool): Promise<Stored> {
  const count = (what: string) => `(select count(${what})::int`;
  const { rows } = await pool.query<Stored>(`select
    ${count("distinct workos_user_id")} from workspace_members) as users,
    ${count("*")} from workspaces) as workspaces,
    ${count("*")} from workspace_members) as members,
    ${count("*")} from api_keys where is_default) as keys,
    ${count("*")} from events) as events,
    ${count("*")} from idempotency_records) as records,
    ${count("*")} from idempotency_records where result is null) as "inFlight"`);
  return rows[0] as Stored;
}
