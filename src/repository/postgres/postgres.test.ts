import { afterAll, beforeAll } from "vitest";
import { describeRepository } from "../repository.contract.testing.ts";
import { postgresBackend } from "./backend.testing.ts";
import { migratedDatabases } from "./migrated.testing.ts";
import { startServer, type TestDatabase, type TestServer } from "./server.testing.ts";

let server: TestServer;
let openDatabase: () => Promise<TestDatabase>;
beforeAll(async () => {
  server = await startServer();
  openDatabase = migratedDatabases(server);
}, 60_000);
afterAll(() => server?.stop());

describeRepository("the repository in Postgres", async (options) => postgresBackend(await openDatabase(), options));
