import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Backend } from "../../src/repository/contract/backend.testing.ts";
import { postgresBackend } from "../../src/repository/postgres/backend.testing.ts";
import { migratedDatabases } from "../../src/repository/postgres/migrated.testing.ts";
import { startServer, type TestDatabase, type TestServer } from "../../src/repository/postgres/server.testing.ts";
import { checkInterleaving, interleavings } from "./interleavings.testing.ts";
import { followModel, sequences } from "./sequences.testing.ts";

describe("the repository in Postgres", () => {
  let server: TestServer;
  let openDatabase: () => Promise<TestDatabase>;
  beforeAll(async () => {
    server = await startServer();
    openDatabase = migratedDatabases(server);
  }, 60_000);
  afterAll(() => server?.stop());

  async function withBackend(run: (backend: Backend) => Promise<void>): Promise<void> {
    const backend = postgresBackend(await openDatabase(), { lockTimeout: 60_000 });
    await run(backend).finally(() => backend.close());
  }

  it("does in every sequence what the model does", async () => {
    const property = fc.asyncProperty(sequences, (steps) => withBackend((backend) => followModel(backend, steps)));
    await fc.assert(property, { seed: 1, numRuns: 10 });
  });

  it("keeps its promises in every interleaving", async () => {
    const property = fc.asyncProperty(interleavings, (interleaving) => withBackend((backend) => checkInterleaving(backend, interleaving)));
    await fc.assert(property, { seed: 1, numRuns: 40 });
  });
});
