import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATEMENT_FAULTS } from "../../harness/lanes/postgres/faults.ts";
import { openTestServer } from "../../harness/lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";
import { runScenario } from "./cells.testing.ts";
import { everyRequest } from "./every-request.ts";
import { oneFirstSignIn } from "./first-sign-ins.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.stop());

/** The statements of each request, in order. */
const STATEMENTS = {
  "ada/first-sign-in": [
    ...["select from workspace_members", "begin", "insert into idempotency_records", "insert into workspace_members"],
    ...["insert into idempotency_records", "commit"],
  ],
  "ada/later-sign-in": [
    ...["select from workspace_members", "begin", "insert into idempotency_records", "update workspace_members"],
    ...["insert into idempotency_records", "commit"],
  ],
  "ada/key-creation": [
    ...["select from idempotency_records", "begin", "insert into idempotency_records", "insert into api_keys"],
    ...["insert into idempotency_records", "commit"],
  ],
  "ada/revocation": ["begin", "update api_keys", "commit"],
  "ada/verification": ["select from api_keys"],
};

describe.each(STATEMENT_FAULTS.map(({ name }) => name))("%s", (fault) => {
  it("at any statement of any request leaves all or nothing, and the client that asks again is answered once", async () => {
    const { result } = await runScenario(server.address, everyRequest, { faults: { [fault]: 1 } });
    expect(result).toMatchObject({ verdict: "holds", completeness: "complete", error: null });
    const expected = Object.entries(STATEMENTS).flatMap(([request, statements]) =>
      statements.map((statement, index) => ({ request, ordinal: index + 1, statement, fault })),
    );
    expect(result.crashPoints).toHaveLength(22);
    expect(result.crashPoints).toEqual(expect.arrayContaining(expected));
    // One schedule a point, and the one in which nothing fails.
    expect(result.interleavings).toBe("23");
  });
});

it("client-killed-after at any statement of two sign-ins with one token, in any of their interleavings, breaks no promise", async () => {
  const { result } = await runScenario(server.address, oneFirstSignIn, { faults: { "client-killed-after": 1 } });
  expect(result).toMatchObject({ verdict: "holds", completeness: "complete", error: null });
  expect(result.crashPoints?.length).toBeGreaterThan(12);
});
