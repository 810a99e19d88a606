import { afterAll, beforeAll } from "vitest";
import { describeRepository } from "../repository.contract.testing.ts";
import { openPostgresBackend } from "./backend.testing.ts";
import { startServer, type TestServer } from "./server.testing.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

describeRepository("the repository in Postgres", (options) => openPostgresBackend(server, options));
