import { hash } from "node:crypto";
import pg from "pg";
import { HoldfastError } from "../../model/error.ts";
import { Backend } from "./backend.ts";
import { createDatabase, type OwnDatabase } from "./create-database.ts";
import type { ServerAddress } from "./server.ts";
import { WireProxy } from "./wire-proxy.ts";

/** Milliseconds for which a server may keep somebody waiting who connects. */
const PATIENCE = 10_000;

/** What a scenario keeps in a database. */
export interface Tables {
  /** Makes them, in an empty database. */
  migrate(pool: pg.Pool): Promise<void>;
  /** SQL that takes everything out of them, sequences too. */
  readonly empty: string;
  /** SQL of one row with one column: everything that is committed and that anybody is ever told, as JSON. */
  readonly content: string;
}

/** What is committed at a moment. */
export interface Content {
  readonly value: unknown;
  /** Equal for equal content. */
  readonly digest: string;
}

/** A process that waits for others. */
export interface Wait {
  readonly blockers: readonly number[];
  /** Tells this wait from every other one of the process. */
  readonly since: string;
}

/**
 * A database of a run's own, one run after the other, with the lane's connection to it: that one sees and ends what the others do,
 * and never takes part.
 */
export class Database {
  readonly #address: ServerAddress;
  readonly #own: OwnDatabase;
  readonly #tables: Tables;
  readonly #control: pg.Client;
  readonly #proxy: WireProxy | null;
  readonly #free: Backend[] = [];
  readonly #taken = new Set<Backend>();
  readonly #halted = new Set<number>();

  private constructor(address: ServerAddress, own: OwnDatabase, tables: Tables, control: pg.Client, proxy: WireProxy | null) {
    this.#address = address;
    this.#own = own;
    this.#tables = tables;
    this.#control = control;
    this.#proxy = proxy;
  }

  /**
   * @param isWired whether connections are to break, which costs a detour
   * @throws HoldfastError `BAD_USAGE` where connections are to break and are encrypted
   * @throws the driver's error when the server cannot be reached or its user may not create databases.
   */
  static async create(address: ServerAddress, tables: Tables, isWired: boolean): Promise<Database> {
    if (isWired) assertReadable(address.url);
    const own = await createDatabase(address);
    const { url } = own;
    const control = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
    // Whoever asks next hears of it.
    control.on("error", () => {});
    try {
      const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: PATIENCE });
      // A connection that ends together with its database has nothing more to say.
      pool.on("error", () => {});
      await tables.migrate(pool).finally(() => pool.end());
      await control.connect();
      const { hostname: host, port } = new URL(url);
      const proxy = isWired ? await WireProxy.listen({ host, port: Number(port === "" ? 5432 : port) }) : null;
      return new Database(address, own, tables, control, proxy);
    } catch (error) {
      await control.end().catch(() => {});
      await own.drop();
      throw error;
    }
  }

  get url(): string {
    return this.#own.url;
  }

  /** Whether processes can be halted here. */
  get canHalt(): boolean {
    return this.#address.halting !== null;
  }

  /** Ends what the last run has left, and takes everything out. */
  async reset(): Promise<void> {
    for (const backend of this.#taken) {
      if (backend.isBroken) continue;
      await backend.refresh();
      this.#free.push(backend);
    }
    this.#taken.clear();
    await this.#control.query(this.#tables.empty);
  }

  /** A connection that nobody uses. */
  async take(): Promise<Backend> {
    let backend = this.#free.pop();
    if (backend === undefined || backend.isBroken) backend = await Backend.connect(this.#own.url, this.#proxy);
    this.#taken.add(backend);
    return backend;
  }

  async content(): Promise<Content> {
    const { rows } = await this.#control.query({ name: "content", text: this.#tables.content, rowMode: "array" });
    const value: unknown = rows[0]?.[0];
    return { value, digest: hash("sha1", JSON.stringify(value), "base64url") };
  }

  /**
   * For whom of those that were taken each of these processes waits; those that wait for none of them are left out. Who waits for a worker
   * of the server's own, as autovacuum is, or for a stranger, is as good as running: that lets go by itself.
   */
  async blockers(pids: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
    const { rows } = await this.#control.query<{ pid: number; blockers: number[] }>({
      name: "blockers",
      text: "select pid, pg_blocking_pids(pid) as blockers from unnest($1::int[]) as pid",
      values: [pids],
    });
    return this.#amongOurs(rows);
  }

  /**
   * The same, of several that run at once: asked until two looks see the same waits, each gone on since the same moment. So all that they
   * name waited at one moment, which one look cannot say, as the server is asked for blockers of one process after the other.
   */
  async waits(pids: readonly number[]): Promise<ReadonlyMap<number, Wait>> {
    for (let before = ""; ; ) {
      const { rows } = await this.#control.query<{ pid: number; blockers: number[]; since: string }>({
        name: "waits",
        // For a moment a wait has begun and does not say when.
        text: `select pid, pg_blocking_pids(pid) as blockers, coalesce(waitstart, clock_timestamp())::text as since
               from pg_locks where not granted and pid = any ($1) order by pid`,
        values: [pids],
      });
      const now = JSON.stringify(rows);
      const since = new Map(rows.map((row) => [row.pid, row.since]));
      if (now === before)
        return new Map([...this.#amongOurs(rows)].map(([pid, blockers]) => [pid, { blockers, since: `${since.get(pid)}` }]));
      before = now;
    }
  }

  #amongOurs(rows: readonly { readonly pid: number; readonly blockers: readonly number[] }[]): Map<number, readonly number[]> {
    const ours = new Set([...this.#taken].map(({ pid }) => pid));
    const waits = rows.map(({ pid, blockers }) => [pid, blockers.filter((blocker) => ours.has(blocker))] as const);
    return new Map(waits.filter(([, blockers]) => blockers.length > 0));
  }

  /** How many numbers sequences have given out, which no transaction holds back from the next. */
  async drawn(): Promise<string> {
    const { rows } = await this.#control.query<{ drawn: string }>({
      name: "drawn",
      text: "select coalesce(sum(last_value), 0)::text as drawn from pg_sequences",
    });
    return rows[0]?.drawn ?? "";
  }

  /** A halted process does nothing, whatever it is told or given, until it may go on. */
  async halt(pid: number): Promise<void> {
    this.#halted.add(pid);
    await this.#signal("STOP", pid);
  }

  async goOn(pid: number): Promise<void> {
    await this.#signal("CONT", pid);
    this.#halted.delete(pid);
  }

  /** Ends the statement that a process runs or waits in. */
  async cancel(pid: number): Promise<void> {
    await this.#control.query("select pg_cancel_backend($1)", [pid]);
  }

  /**
   * Tells processes to end, one after another, all before any of them goes on: whom the end of one sets free does nothing more if he was
   * told before.
   */
  async terminate(...pids: readonly number[]): Promise<void> {
    const told = "select pg_terminate_backend(pid) from unnest($1::int[]) with ordinality as all_of(pid, place) order by place";
    await this.#control.query(told, [pids]);
    for (const pid of pids) {
      if (this.#halted.has(pid)) await this.goOn(pid);
      await this.gone(pid);
    }
  }

  /** Resolves when a process has ended, and with it its transaction and its locks. */
  async gone(pid: number): Promise<void> {
    while (await this.isThere(pid));
  }

  async isThere(pid: number): Promise<boolean> {
    const { rowCount } = await this.#control.query({
      name: "there",
      text: "select from pg_stat_activity where pid = $1",
      values: [pid],
    });
    return rowCount !== 0;
  }

  /** Takes the database away. */
  async drop(): Promise<void> {
    // Not even a server that stops ends a process that is halted.
    for (const pid of this.#halted) await this.goOn(pid);
    await Promise.all([...this.#taken, ...this.#free].map((backend) => backend.end()));
    await this.#control.end();
    this.#proxy?.close();
    await this.#own.drop();
  }

  async #signal(name: "STOP" | "CONT", pid: number): Promise<void> {
    if (this.#address.halting === "signal") process.kill(pid, `SIG${name}`);
    // The shell of the server's own user, who owns its processes. It is given a row, and must have read it.
    else await this.#control.query(`copy (select 1) to program 'cat > /dev/null; kill -${name} ${pid}'`);
  }
}

/** Faults of the wire strike between two messages, and of what is encrypted nobody but the two ends sees where one begins. */
function assertReadable(url: string): void {
  const { searchParams } = new URL(url);
  const [asked] = ["sslmode", "ssl"].filter((name) => searchParams.has(name)).map((name) => `${name}=${searchParams.get(name)}`);
  if (asked === undefined || asked === "sslmode=disable" || asked === "ssl=false") return;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected a connection without TLS for faults of the wire, got ${asked} in DATABASE_URL`,
    "say sslmode=disable, or leave the faults of statements out",
  );
}
