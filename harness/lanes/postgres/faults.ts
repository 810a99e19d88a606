/** What may befall a statement, at each of them: these are the crash points. */
export const STATEMENT_FAULTS = [
  { name: "backend-terminated-before", describe: "the process that serves a connection is terminated before a statement comes to it" },
  { name: "backend-terminated-after", describe: "it is terminated when it has executed a statement and not yet answered" },
  { name: "statement-lost", describe: "a connection breaks with a statement on it, which never reaches the server" },
  { name: "answer-lost", describe: "a connection breaks when the server has executed a statement, and the answer is lost" },
  { name: "client-killed-before", describe: "an isolate dies before it has sent a statement" },
  { name: "client-killed-after", describe: "an isolate dies when it has sent a statement, which the server executes all the same" },
  { name: "server-restarted", describe: "the server restarts before a statement comes to it: every connection breaks" },
  {
    name: "read-only-failover",
    describe: "it fails over before a statement comes to it: every connection breaks, and a standby takes no writes for 1.5 s",
  },
] as const;

/** Milliseconds until a standby is promoted: longer than it takes to be told to come back, and to come. */
export const READ_ONLY_FOR = 1_500;

export type StatementFault = (typeof STATEMENT_FAULTS)[number]["name"];

/** A statement that waits is told that it has waited for too long. */
export const LOCK_TIMEOUT = {
  name: "lock-timeout",
  describe: "a statement that waits for another transaction has waited for too long",
} as const;
