import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callback, MINUTE, NOW, portsWith } from "../contract/backend.testing.ts";
import { createRepository } from "../create-repository.ts";
import type { Repository } from "../repository.ts";
import { migratedDatabases } from "./migrated.testing.ts";
import { startServer, type TestDatabase, type TestServer } from "./server.testing.ts";
import { createPostgresStore } from "./store.ts";
import { gist, watchedPool } from "./wire.testing.ts";

let server: TestServer;
let openDatabase: () => Promise<TestDatabase>;
beforeAll(async () => {
  server = await startServer();
  openDatabase = migratedDatabases(server);
}, 60_000);
afterAll(() => server?.stop());

/** What a callback costs: each text is one round trip, whatever the number of statements in it. */
describe("round trips", () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let repository: Repository;
  let texts: string[] = [];
  beforeEach(async () => {
    database = await openDatabase();
    pool = database.pool();
    const watched = watchedPool(pool, (text) => {
      texts.push(text);
    });
    repository = createRepository(createPostgresStore({ pool: watched }), portsWith());
    texts = [];
  });
  afterEach(() => database.close());

  const gists = () => texts.splice(0).map(gist);

  it("of a first sign-in are six", async () => {
    await repository.resolveWebMember(callback());
    expect(texts[1]).toBe("begin isolation level read committed; set local lock_timeout = 2000");
    expect(gists()).toEqual([
      "select",
      "begin",
      "insert into idempotency_records",
      "with member",
      "insert into idempotency_records",
      "commit",
    ]);
  });

  it("of a replay are one", async () => {
    await repository.resolveWebMember(callback());
    gists();
    await repository.resolveWebMember(callback());
    expect(gists()).toEqual(["select"]);
  });

  it("of a later sign-in are six", async () => {
    await repository.resolveWebMember(callback());
    gists();
    await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
    expect(gists()).toEqual([
      "select",
      "begin",
      "insert into idempotency_records",
      "update workspace_members",
      "insert into idempotency_records",
      "commit",
    ]);
  });

  it("of the rest are these", async () => {
    const { workspace } = await repository.resolveWebMember(callback());
    const workspaceId = workspace.id;
    gists();
    const { apiKey, secret } = await repository.createApiKey({ workspaceId, name: "CI", scopes: [], idempotencyKey: "ci", now: NOW });
    expect(gists()).toEqual([
      "select",
      "begin",
      "insert into idempotency_records",
      "with api_key",
      "insert into idempotency_records",
      "commit",
    ]);
    await repository.revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW });
    expect(gists()).toEqual(["begin", "with revoked", "commit"]);
    await repository.verifyApiKey(secret);
    await repository.getWebMemberByWorkOsUserId("user_ada");
    await repository.listArtifacts({ workspaceId, cursor: null, limit: 1 });
    expect(gists()).toEqual(["select", "select", "select"]);
    await repository.sweep(NOW + MINUTE);
    expect(gists()).toEqual(["update idempotency_records", "delete from idempotency_records"]);
  });

  it("leave the connection as it was", async () => {
    await repository.resolveWebMember(callback());
    const client = await pool.connect();
    expect((await client.query("show lock_timeout")).rows).toEqual([{ lock_timeout: "0" }]);
    expect(client.listenerCount("error")).toBe(0);
    client.release();
    expect(pool.totalCount).toBe(1);
  });
});
