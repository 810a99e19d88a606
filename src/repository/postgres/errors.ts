import { noSuchWorkspace } from "../check.ts";
import { RepositoryError } from "../repository.ts";
import { StoreConflict } from "../store.ts";
import { IN_FLIGHT_RETRY_AFTER } from "../until-no-conflict.ts";

/** Seconds: what a restart or a fail-over takes at least. */
const UNAVAILABLE_RETRY_AFTER = 1;

/** SQLSTATEs by which another transaction was preferred to ours (PostgreSQL manual, appendix A). */
const CONFLICTS = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
]);

/** Not had within `lock_timeout`. */
const LOCK_NOT_AVAILABLE = "55P03";

/** The only foreign key that a caller can break is that of an API key to its workspace. */
const FOREIGN_KEY_VIOLATION = "23503";

/** SQLSTATEs that say something of the server's state and nothing of the statement, by class or in full. */
const OUTAGES = [
  "08", // connection exception
  "53", // insufficient resources: out of memory, disk or connections
  "57P", // operator intervention: shutdown, crash, starting up
  "58", // system error
  "25006", // read_only_sql_transaction: a standby, during a fail-over
  "57014", // query_canceled, by an operator or statement_timeout
];

/**
 * What an error of the driver means to the repository. An error without a SQLSTATE comes from the connection, not from the server.
 *
 * @throws StoreConflict when the same again may succeed at once.
 * @throws RepositoryError `idempotency_in_flight`, `invalid_argument` or `unavailable`; the driver's error is its cause.
 * @throws The error itself when it is a fault of ours, such as a table that is not there.
 */
export function translateError(error: unknown): never {
  const state = sqlStateOf(error);
  if (state === null || OUTAGES.some((outage) => state.startsWith(outage))) {
    throw new RepositoryError(
      "unavailable",
      `expected an answer of the database, got ${state === null ? "a broken or refused connection" : `SQLSTATE ${state}`}: retry, it is safe to`,
      UNAVAILABLE_RETRY_AFTER,
      { cause: error },
    );
  }
  if (CONFLICTS.has(state)) throw new StoreConflict(`the database gave this transaction up (SQLSTATE ${state})`, { cause: error });
  if (state === LOCK_NOT_AVAILABLE) {
    throw new RepositoryError(
      "idempotency_in_flight",
      "expected the other request with this key or user to end within the lock time-out, got no end: retry with the same key",
      IN_FLIGHT_RETRY_AFTER,
      { cause: error },
    );
  }
  if (state === FOREIGN_KEY_VIOLATION) throw noSuchWorkspace();
  throw error;
}

/** The code of an error that the server sent; those of Node's network errors are no SQLSTATEs, though EPIPE looks like one. */
function sqlStateOf(error: unknown): string | null {
  return error instanceof Error && "severity" in error && "code" in error ? String(error.code) : null;
}
