import type { Socket } from "node:net";
import pg from "pg";
import type { Wire, WireProxy } from "./wire-proxy.ts";

/** What came of a statement. */
export type Reply =
  | { readonly kind: "answered"; readonly result: pg.QueryResult }
  /** As the driver says it: the server's own error, or a connection that broke. */
  | { readonly kind: "failed"; readonly error: unknown };

/** The server must not act by itself where the lane decides: its detector of deadlocks is put off for longer than any run lasts. */
const OPTIONS = "-c deadlock_timeout=1h";

/** One connection, with the process of the server that serves it. */
export class Backend {
  readonly pid: number;
  /** Null where no connection is to break. */
  readonly wire: Wire | null;
  /** Resolves when the driver has found the connection closed. */
  readonly ended: Promise<void>;
  readonly #client: pg.Client;
  readonly #heard: string[] = [];
  #listens = false;
  #broken = false;
  #readOnly = false;

  private constructor(client: pg.Client, pid: number, wire: Wire | null) {
    this.#client = client;
    this.pid = pid;
    this.wire = wire;
    this.ended = new Promise((resolve) => {
      client.once("end", () => {
        this.#broken = true;
        resolve();
      });
    });
    // A connection that breaks between two statements says so here, and the next statement rejects.
    client.on("error", () => {
      this.#broken = true;
    });
    client.on("notification", ({ payload = "" }) => this.#heard.push(payload));
  }

  /** @throws the driver's error when there is no connection to be had. */
  static async connect(url: string, proxy: WireProxy | null): Promise<Backend> {
    const connectionString = proxy === null ? url : Object.assign(new URL(url), { hostname: "127.0.0.1", port: `${proxy.port}` }).href;
    const client = new pg.Client({ connectionString, options: OPTIONS });
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return new Backend(client, rows[0]?.pid as number, proxy?.wireOf(socketOf(client).localPort as number) ?? null);
  }

  /** Never rejects. */
  async execute(text: string, values: readonly unknown[]): Promise<Reply> {
    if (/^\s*listen\b/i.test(text)) this.#listens = true;
    try {
      return { kind: "answered", result: await this.#client.query(text, [...values]) };
    } catch (error) {
      // The server says what went wrong before it has rolled back, and the driver passes it on. After a round trip it has.
      await this.#client.query("").catch(() => {});
      return { kind: "failed", error };
    }
  }

  /** Whether a transaction is open, be it one that has failed. */
  get inTransaction(): boolean {
    const status = this.#client.getTransactionStatus();
    return !this.#broken && status !== null && status !== "I";
  }

  /** Whether a transaction is open that has not failed: it keeps its locks, and what it has written to itself. */
  get holdsTransaction(): boolean {
    return !this.#broken && this.#client.getTransactionStatus() === "T";
  }

  /** Whether it can take no statement any more. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Whether it hears of notifications. */
  get listens(): boolean {
    return this.#listens && !this.#broken;
  }

  /**
   * What it was notified of since it was last asked. A notification is with the listening process before whoever has committed it is
   * answered, and is passed on before that process says that it is ready again: after a round trip nothing is on its way. In an order of
   * its own: that in which one statement comes upon several rows depends on where they happen to lie.
   */
  async heard(): Promise<readonly string[]> {
    await this.execute("", []);
    return this.#heard.splice(0).sort();
  }

  /** Its client dies: what was sent still arrives, and nobody reads an answer. */
  hangUp(): void {
    this.#broken = true;
    socketOf(this.#client).end();
  }

  /** From the next transaction on it takes no writes, as a standby does, or takes them again. */
  async setReadOnly(readOnly: boolean): Promise<void> {
    if (this.#broken || this.inTransaction || this.#readOnly === readOnly) return;
    await this.execute(`set default_transaction_read_only = ${readOnly ? "on" : "off"}`, []);
    this.#readOnly = readOnly;
  }

  /** Ends a transaction that was left open, and listens to nobody: as new. */
  async refresh(): Promise<void> {
    if (this.inTransaction) await this.execute("rollback", []);
    await this.setReadOnly(false);
    if (this.#listens) await this.execute("unlisten *", []);
    this.#listens = false;
    this.#heard.length = 0;
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}

/** What the driver talks through. Its types leave it out, but it is where a client hangs up and what its connection is known by. */
function socketOf(client: pg.Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}
