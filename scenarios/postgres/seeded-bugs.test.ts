import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import { openTestServer } from "../../harness/lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { runScenario, runSessions } from "./cells.testing.ts";
import { firstSignIns, oneFirstSignIn } from "./first-sign-ins.ts";
import { revocations } from "./revocations.ts";
import { BUGS, withBug, withoutFence } from "./seeded-bugs.testing.ts";
import { rotation } from "./sessions.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.stop());

/** Where each is looked for, what it breaks, and the last line of the because. */
const FOUND: Readonly<
  Record<keyof typeof BUGS, { readonly scenario: DatabaseScenario<Repository>; readonly breaks: string; readonly because: RegExp }>
> = {
  "missing unique constraint": { scenario: firstSignIns, breaks: "provision-once", because: /user_ada has two workspaces/ },
  "select, then insert": { scenario: firstSignIns, breaks: "provision-once", because: /user_ada has two workspaces/ },
  "read committed lost update": { scenario: revocations, breaks: "provision-once", because: /two events api_key.revoked/ },
  "result stored after the commit": {
    scenario: oneFirstSignIn,
    breaks: "all-or-nothing",
    because: /the record of workos-jti:1 has no answer/,
  },
  "secret in clear": { scenario: oneFirstSignIn, breaks: "secret-never-at-rest", because: /an API key's secret in clear/ },
  "claim committed in a transaction of its own, and never taken over": {
    scenario: oneFirstSignIn,
    breaks: "all-or-nothing",
    because: /the record of workos-jti:1 has no answer/,
  },
};

describe.each(Object.entries(FOUND))("%s", (name, { scenario, breaks, because }) => {
  it(`breaks ${breaks}, and ${scenario.name} finds it`, async () => {
    const { result, counterexample } = await runScenario(server.address, withBug(scenario, BUGS[name as keyof typeof BUGS]));
    expect(result).toMatchObject({ verdict: "violated", violations: [expect.objectContaining({ invariant: breaks })] });
    expect(result.violations[0]?.because.at(-1)).toMatch(because);
    expect(counterexample?.length).toBeLessThan(25);
  });
});

describe("a lease without a fence", () => {
  it("breaks one-refresh-per-generation, and rotation finds it", async () => {
    const { result, counterexample } = await runSessions(server.address, rotation, { explore: "portfolio", schedules: 200 }, withoutFence);
    expect(result).toMatchObject({ error: null, violations: [{ invariant: "one-refresh-per-generation" }] });
    expect(counterexample?.length).toBeLessThan(40);
  });
});
