import { to } from "./directed.testing.ts";

/** What happens, in order, when a request comes whose sender was killed: see late-request.test.ts. */
export const ORPHAN = to("request", "issuer", "ada/load-2");
export const TAKEOVER = to("request", "issuer", "ada/load-1");
export const KILLED = to("fault:isolate-killed", "isolate-2");
const SENT = [to("request", "isolate-2", "ada/load-2"), to("statement", "isolate-2", "read"), to("statement", "isolate-2", "write")];
const LEASE_LAPSES = [to("request", "isolate-1", "ada/load-1"), to("statement", "isolate-1", "read"), to("time", "clock")];

/** The request comes once isolate-1 has taken over. */
export const AFTER_TAKEOVER = [...SENT, KILLED, ...LEASE_LAPSES, TAKEOVER, to("response", "isolate-1", "ada/load-1"), ORPHAN];
/** It comes before anybody has. */
export const BEFORE_TAKEOVER = [...SENT, KILLED, ORPHAN, ...LEASE_LAPSES.slice(0, 2), TAKEOVER];

/** The cell in which it can happen. */
export const LATE_REQUEST = {
  isolates: 2,
  loads: 2,
  timeSteps: 1,
  faults: { "isolate-killed": 1, "issuer-503": 1 },
} as const;
