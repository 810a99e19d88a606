import type { LoadReport, LoadSize } from "./load.ts";
import { SIGN_INS } from "./workload.ts";

/** A workspace, a member and an API key are told of, once for each user. */
const EVENTS_PER_USER = 3;

/** What is not as it must be, one sentence each; nothing where all is. */
export function shortfalls({ stored, unlike, exposed, secrets, latencies }: LoadReport, { users, callbacks }: LoadSize): readonly string[] {
  const signIns = Math.min(callbacks, users * SIGN_INS);
  const answered = latencies.first.length + latencies.seen.length + latencies.replay.length;
  const exact: readonly (readonly [string, number, number])[] = [
    ["callbacks answered", callbacks, answered],
    ...(["users", "workspaces", "members", "keys"] as const).map((what) => [what, users, stored[what]] as const),
    ["events", users * EVENTS_PER_USER, stored.events],
    // One for each sign-in and one for each user.
    ["idempotency records", signIns + users, stored.records],
    ["idempotency records in flight", 0, stored.inFlight],
    ["answers of one sign-in that differ", 0, unlike],
    ["secrets handed out", users, secrets],
    ["secrets in a full dump", 0, exposed],
  ];
  return exact.flatMap(([what, expected, found]) => (expected === found ? [] : [`expected ${what}: ${expected}, got ${found}`]));
}
