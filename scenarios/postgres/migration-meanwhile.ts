import type { ActorPool } from "../../harness/lanes/postgres/actor-pool.ts";
import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { insist } from "./insist.ts";
import { tables, tenants } from "./tenants.ts";

/**
 * What the next release might change, in one transaction: each keeps writers out of a table that a sign-in writes, in another order than
 * that takes them. None keeps readers out, because the lane looks at the tables itself; one that does is in src/repository/postgres.
 */
const MIGRATION = [
  "begin",
  "create index api_keys_by_name on api_keys (name)",
  "create index workspace_members_by_email on workspace_members (email)",
  "commit",
];
const BACK = "drop index if exists api_keys_by_name, workspace_members_by_email";

/** SQLSTATE: the server gave this transaction up for another. Whoever migrates tries again. */
const DEADLOCK = "40P01";
const ATTEMPTS = 4;

const BOTH = "the sign-in was answered and the migration is done";

/** An isolate, and somebody who may migrate through its connections. */
type Service = Repository & { migrate(): Promise<void> };

/** A migration runs while somebody signs in for the first time: the code of the release before it works before, during and after. */
export const migrationMeanwhile: DatabaseScenario<Service, typeof BOTH> = {
  ...tenants,
  name: "migration-meanwhile",
  describe: "a new user signs in while a migration adds indexes to the tables that are written",
  defaults: { loads: 1, isolates: 2 },
  invariants: ["callback-idempotent", "provision-once", "all-or-nothing", "secret-never-at-rest"],
  mustReach: [BOTH],
  tables: { ...tables, empty: `${BACK}; ${tables.empty}` },
  open: (environment) => ({ ...tenants.open(environment), migrate: () => migrate(environment.pool) }),
  async play(stage) {
    const [member, migrated] = await stage.withFaults(() =>
      Promise.all([
        insist(stage, {
          ...{ place: 1, request: "ada/callback-1", user: "user_ada", key: "workos-jti:1" },
          run: (repository, now) =>
            repository.resolveWebMember({
              ...{ workosUserId: "user_ada", email: "ada@example.test", idempotencyKey: "workos-jti:1" },
              ...{ expiresAt: now + 300_000, now },
            }),
        }),
        stage.ask(2, "migration", (service) => service.migrate()),
      ]),
    );
    if (migrated.kind === "failed") throw migrated.error;
    if (member?.defaultApiKey != null) stage.reach(BOTH);
  },
};

async function migrate(pool: ActorPool): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      for (const statement of MIGRATION) await client.query(statement);
      return;
    } catch (error) {
      await client.query("rollback");
      if ((error as { readonly code?: unknown }).code !== DEADLOCK || attempt === ATTEMPTS) throw error;
    } finally {
      client.release();
    }
  }
}
