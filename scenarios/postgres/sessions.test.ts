import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATEMENT_FAULTS } from "../../harness/lanes/postgres/faults.ts";
import { openTestServer } from "../../harness/lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";
import { runSessions } from "./cells.testing.ts";
import { everySessionRequest, rotation } from "./sessions.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.stop());

/** The statements of each request: the page reads, takes the lease and stores the successor; the logout queues what it owes the issuer. */
const STATEMENTS = {
  "ada/load-1": ["select from session_records", "insert into session_records", "update session_records"],
  "ada/logout-2": [
    ...["select from session_records", "insert into session_records", "update session_records", "select from session_records"],
    "delete from session_records",
  ],
};

describe.each(STATEMENT_FAULTS.map(({ name }) => name).filter((name) => name !== "server-restarted" && !name.startsWith("backend")))(
  "%s",
  (fault) => {
    it("at any statement of a lease, a rotation and a logout breaks no promise", async () => {
      const { result } = await runSessions(server.address, everySessionRequest, { faults: { [fault]: 1 } });
      expect(result).toMatchObject({ verdict: "holds", completeness: "complete", error: null });
      const expected = Object.entries(STATEMENTS).flatMap(([request, statements]) =>
        statements.map((statement, index) => ({ request, ordinal: index + 1, statement, fault })),
      );
      expect(result.crashPoints).toEqual(expected);
    });
  },
);

it("two isolates that are after one lease, of which one may be killed, hold as far as a bounded search goes", async () => {
  const { result } = await runSessions(server.address, rotation, { faults: { "isolate-killed": 1 }, schedules: 15 });
  expect(result).toMatchObject({ verdict: "holds", completeness: "bounded", error: null });
});
