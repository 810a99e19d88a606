import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callback, NOW, portsWith, rejectionOf } from "../contract/backend.testing.ts";
import { createRepository } from "../create-repository.ts";
import type { Repository } from "../repository.ts";
import { createGate, interceptStore, type StatementName } from "../store.testing.ts";
import { migrate } from "./migrate.ts";
import { migratedDatabases } from "./migrated.testing.ts";
import type { Pool } from "./pool.ts";
import { startServer, type TestDatabase, type TestServer } from "./server.testing.ts";
import { createPostgresStore } from "./store.ts";
import { gist, watchedPool } from "./wire.testing.ts";

const UNAVAILABLE = { name: "RepositoryError", code: "unavailable", retryAfter: 1 };

let server: TestServer;
let openDatabase: () => Promise<TestDatabase>;
beforeAll(async () => {
  server = await startServer();
  openDatabase = migratedDatabases(server);
}, 60_000);
afterAll(() => server?.stop());

describe("the repository in Postgres, when things go wrong,", () => {
  let database: TestDatabase;
  let admin: pg.Pool;
  let repository: Repository;
  beforeEach(async () => {
    database = await openDatabase();
    admin = database.pool();
    repository = on(database.pool());
  });
  afterEach(() => database.close());

  const on = (pool: Pool) => createRepository(createPostgresStore({ pool, lockTimeout: 10_000 }), portsWith());
  const counts = async () =>
    (
      await admin.query(`select (select count(*)::int from workspaces) as workspaces, (select count(*)::int from workspace_members) as members,
        (select count(*)::int from api_keys) as keys, (select count(*)::int from events) as events,
        (select count(*)::int from idempotency_records) as records`)
    ).rows[0];
  const untilBlocked = async () => {
    const blocked = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while ((await admin.query(blocked)).rowCount === 0) await setTimeout(2);
  };

  const inTransaction: readonly StatementName[] = ["claim", "provision", "complete", "commit"];
  it.each(inTransaction)(
    "leaves nothing of a sign-in whose backend is killed before %s, lets the next in, and survives",
    async (statement) => {
      const gate = createGate(statement);
      const pool = database.pool({ application_name: "victim" });
      const store = interceptStore(createPostgresStore({ pool }), gate.around);
      const victim = rejectionOf(createRepository(store, portsWith()).resolveWebMember(callback()));
      await gate.reached(statement);
      const next = repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      // Its member is the lock, if it got that far.
      if (statement === "complete" || statement === "commit") await untilBlocked();

      await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'");

      expect((await next).defaultApiKey).not.toBeNull();
      gate.open(statement);
      expect(await victim).toMatchObject(UNAVAILABLE);
      expect(await counts()).toEqual({ workspaces: 1, members: 1, keys: 1, events: 3, records: 2 });
      // The broken connection is not handed out again.
      expect((await on(pool).resolveWebMember(callback())).defaultApiKey).toBeNull();
    },
  );

  it("tells a sign-in that lost the answer to its commit to come back, and replays it then", async () => {
    const pool = database.pool({ application_name: "victim" });
    let isArmed = true;
    const losing = watchedPool(pool, async (text) => {
      if (text !== "commit" || !isArmed) return;
      isArmed = false;
      // Committed on the server, but the client never hears of it.
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    });
    expect(await rejectionOf(on(losing).resolveWebMember(callback()))).toMatchObject({
      ...UNAVAILABLE,
      message: "expected an answer of the database, got a broken or refused connection: retry, it is safe to",
    });
    expect((await on(losing).resolveWebMember(callback())).defaultApiKey).not.toBeNull();
  });

  it("starts over after a deadlock", async () => {
    const impatient = database.pool({ options: "-c deadlock_timeout=50ms" });
    const texts: string[] = [];
    const isOthers = Promise.withResolvers<void>();
    const watched = watchedPool(impatient, async (text) => {
      texts.push(gist(text));
      // The deadlock has freed the member already. Started over before the other has taken it, it would take it again.
      if (text === "rollback") await isOthers.promise;
    });
    const gate = createGate("complete");
    const store = interceptStore(createPostgresStore({ pool: watched, lockTimeout: 10_000 }), gate.around);
    const callbackOfAda = createRepository(store, portsWith()).resolveWebMember(callback());
    await gate.reached("complete");

    // It holds the member and wants the user's record; the other holds that record and wants the member.
    const other = await database.pool({ options: "-c deadlock_timeout=1h" }).connect();
    await other.query("begin");
    await other.query("insert into idempotency_records (key, subject, expires_at) values ('workos-user:user_ada', 'user_ada', now())");
    await other.query("insert into workspaces values ('workspace_0', '', 'user_zoe', now())");
    const waiting = other.query("insert into workspace_members select 'member_0', 'workspace_0', 'user_ada', '', '{}', now(), now()");
    await untilBlocked();
    gate.open("complete");
    await waiting;
    isOthers.resolve();
    await other.query("rollback");
    other.release();

    expect((await callbackOfAda).defaultApiKey).not.toBeNull();
    expect(texts.filter((text) => text === "rollback")).toHaveLength(1);
    expect(texts.filter((text) => text === "begin")).toHaveLength(2);
    expect(await counts()).toEqual({ workspaces: 1, members: 1, keys: 1, events: 3, records: 2 });
  });

  it("says that it is unavailable where nobody listens, and when its pool has ended", async () => {
    const pool = new pg.Pool({ host: "127.0.0.1", port: 1 });
    expect(await rejectionOf(on(pool).resolveWebMember(callback()))).toMatchObject({ ...UNAVAILABLE, cause: { code: "ECONNREFUSED" } });
    expect(await rejectionOf(migrate(pool))).toMatchObject(UNAVAILABLE);
    await pool.end();
    expect(await rejectionOf(on(pool).verifyApiKey(`hfk_000000000000_${"A".repeat(43)}`))).toMatchObject(UNAVAILABLE);
  });

  it("still reads and replays on a standby that takes no writes, and says that it is unavailable for the rest", async () => {
    const first = await repository.resolveWebMember(callback());
    const standby = on(database.pool({ options: "-c default_transaction_read_only=on" }));

    expect(await standby.resolveWebMember(callback())).toEqual(first);
    expect(await standby.getWebMemberByWorkOsUserId("user_ada")).toEqual({ workspace: first.workspace, member: first.member });
    expect(await standby.verifyApiKey(first.defaultApiKey?.secret ?? "")).toEqual(first.defaultApiKey?.apiKey);
    expect(await standby.listArtifacts({ workspaceId: first.workspace.id, cursor: null, limit: 1 })).toEqual({
      items: [],
      nextCursor: null,
    });
    for (const write of [() => standby.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" })), () => standby.sweep(NOW)]) {
      const error = await rejectionOf(write());
      expect(error).toMatchObject({
        ...UNAVAILABLE,
        message: "expected an answer of the database, got SQLSTATE 25006: retry, it is safe to",
      });
    }
  });

  it("waits for a migration that takes whole tables, and goes on with one more column than it knows", async () => {
    const migration = await admin.connect();
    await migration.query("begin");
    await migration.query("alter table api_keys add column note text");
    await migration.query("alter table workspace_members add column nickname text not null default ''");
    const signIn = repository.resolveWebMember(callback());
    await untilBlocked();
    await migration.query("commit");
    migration.release();
    const first = await signIn;
    expect(await repository.resolveWebMember(callback())).toEqual(first);
    expect(await repository.verifyApiKey(first.defaultApiKey?.secret ?? "")).toEqual(first.defaultApiKey?.apiKey);
    expect(await repository.getWebMemberByWorkOsUserId("user_ada")).toEqual({ workspace: first.workspace, member: first.member });
  });

  it("passes on what is a fault of its own", async () => {
    const empty = await server.createDatabase();
    expect(await rejectionOf(on(empty.pool()).listArtifacts({ workspaceId: "w", cursor: null, limit: 1 }))).toMatchObject({
      code: "42P01",
    });
    await empty.close();
  });

  it("never answers for a claim that another program committed without a result", async () => {
    await admin.query("insert into idempotency_records (key, subject, expires_at) values ('workos-jti:1', 'user_ada', $1)", [
      new Date(NOW + 1),
    ]);
    expect(await rejectionOf(repository.resolveWebMember(callback()))).toMatchObject({
      code: "idempotency_in_flight",
      cause: { name: "StoreConflict", message: "the key was completed by another request meanwhile" },
    });
    expect(await counts()).toMatchObject({ workspaces: 0, records: 1 });
  });

  it("sweeps past what is in use", async () => {
    await repository.resolveWebMember(callback());
    const user = await admin.connect();
    await user.query("begin");
    await user.query("select from idempotency_records where key = 'workos-jti:1' for update");
    expect(await repository.sweep(NOW * 2)).toBe(1);
    await user.query("rollback");
    user.release();
    expect(await repository.sweep(NOW * 2)).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a lock time-out of %d", (lockTimeout) => {
    expect(() => createPostgresStore({ pool: admin, lockTimeout })).toThrow(
      `expected a lockTimeout of whole milliseconds above 0, got ${lockTimeout}`,
    );
  });
});
