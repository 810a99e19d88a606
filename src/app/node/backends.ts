import pg from "pg";
import { createRepository } from "../../repository/create-repository.ts";
import { createKeyRing } from "../../repository/key-ring.ts";
import { createMemoryDatabase } from "../../repository/memory/database.ts";
import { createMemoryStore as createMemoryRepositoryStore } from "../../repository/memory/store.ts";
import type { RepositoryPorts } from "../../repository/ports.ts";
import { migrate } from "../../repository/postgres/migrate.ts";
import { createPostgresStore as createPostgresRepositoryStore } from "../../repository/postgres/store.ts";
import type { Repository } from "../../repository/repository.ts";
import type { Ports } from "../../session/ports.ts";
import { createMemoryStore } from "../../session/store/memory.ts";
import { migrateSessionStore } from "../../session/store/postgres/migrate.ts";
import { createPostgresStore } from "../../session/store/postgres/postgres.ts";
import type { Store } from "../../session/store/store.ts";
import { openLimitedPool } from "./limited-pool.ts";
import type { Settings } from "./settings.ts";
import { StartError } from "./start-error.ts";

/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const LOCK_TIMEOUT = 2_000;

/** Where the app keeps what it knows. */
export interface Backends {
  readonly repository: Repository;
  readonly sessionStore: Store;
  close(): Promise<void>;
}

/**
 * Opens what the settings name: Postgres with its tables brought up to date, or the memory of this process.
 *
 * @throws StartError when Postgres cannot be used.
 */
export async function openBackends({ databaseUrl, secrets }: Pick<Settings, "databaseUrl" | "secrets">, ports: Ports): Promise<Backends> {
  const repositoryPorts: RepositoryPorts = {
    peppers: createKeyRing("pepper", secrets.peppers),
    sealKeys: createKeyRing("seal key", secrets.sealKeys),
    randomBytes: ports.randomBytes,
  };
  return databaseUrl === null ? inMemory(repositoryPorts, ports) : inPostgres(databaseUrl, repositoryPorts, ports);
}

function inMemory(repositoryPorts: RepositoryPorts, ports: Ports): Backends {
  const database = createMemoryDatabase({
    lockTimeout: LOCK_TIMEOUT,
    setTimer(callback, milliseconds) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  return {
    repository: createRepository(createMemoryRepositoryStore(database), repositoryPorts),
    sessionStore: createMemoryStore(ports),
    close: async () => {},
  };
}

async function inPostgres(databaseUrl: string, repositoryPorts: RepositoryPorts, ports: Ports): Promise<Backends> {
  // Whoever comes second to a migration waits for as long as the first takes: no statement of it has a limit.
  const migrating = new pg.Pool({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT });
  migrating.on("error", () => {});
  try {
    await migrate(migrating);
    await migrateSessionStore(migrating);
  } catch (error) {
    throw unusable(databaseUrl, error);
  } finally {
    await migrating.end();
  }
  const pool = openLimitedPool(databaseUrl);
  const sessionStore = createPostgresStore({ pool, ports });
  return {
    repository: createRepository(createPostgresRepositoryStore({ pool, lockTimeout: LOCK_TIMEOUT }), repositoryPorts),
    sessionStore,
    async close() {
      await sessionStore.close();
      await pool.end();
    },
  };
}

/** Names the place and the error's code; the URL has a password, and a message may quote it. */
function unusable(databaseUrl: string, error: unknown): StartError {
  const { hostname, port, pathname } = new URL(databaseUrl);
  const causes = [error, (error as Error | null)?.cause] as readonly { readonly code?: unknown; readonly name?: unknown }[];
  const code = causes.findLast((cause) => typeof cause?.code === "string")?.code ?? "an error without a code";
  return new StartError(
    `expected a usable Postgres at ${hostname}:${port === "" ? 5432 : port}${pathname} (DATABASE_URL), got ${code}`,
    "start it or mend the URL and what its user may do, or leave DATABASE_URL out to keep everything in memory",
    { cause: error },
  );
}
