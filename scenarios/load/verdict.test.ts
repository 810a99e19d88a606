import { expect, it } from "vitest";
import type { LoadReport } from "./load.ts";
import { shortfalls } from "./verdict.ts";

/** Of so many callbacks, all as it must be. */
function exact(users: number, callbacks: number, records: number): LoadReport {
  const latencies = { first: Array(users).fill(1), seen: Array(callbacks - users).fill(1), replay: [] };
  const stored = { users, workspaces: users, members: users, keys: users, events: 3 * users, records, inFlight: 0 };
  return { restarts: 2, retries: 0, latencies, unlike: 0, stored, secrets: users, exposed: 0, dumped: 1 } as unknown as LoadReport;
}

it.each([
  [10, 40, 50],
  // Half of the users have signed in once more.
  [10, 15, 25],
  // From the fifth on, callbacks are of sign-ins that there were.
  [10, 100, 50],
])("counts a record a sign-in and one a user: %i users, %i callbacks", (users, callbacks, records) => {
  const size = { users, callbacks, connections: 2 };
  expect(shortfalls(exact(users, callbacks, records), size)).toEqual([]);
  expect(shortfalls(exact(users, callbacks, records - 1), size)).toEqual([`expected idempotency records: ${records}, got ${records - 1}`]);
});
