import { RepositoryError } from "./repository.ts";
import { StoreConflict } from "./store.ts";

/** How often one request starts over. After a lost claim the winner's record is there, so that more than two is rare. */
const MAX_ATTEMPTS = 5;

/** Seconds after which a request that found its key in flight should ask again. */
export const IN_FLIGHT_RETRY_AFTER = 1;

/**
 * Runs `attempt` until it is not in conflict with another transaction any more.
 *
 * @throws RepositoryError `idempotency_in_flight` when it still is after {@link MAX_ATTEMPTS} attempts; whatever `attempt` throws otherwise.
 */
export async function untilNoConflict<T>(attempt: () => Promise<T>): Promise<T> {
  let conflict: StoreConflict | undefined;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      conflict = error;
    }
  }
  throw new RepositoryError(
    "idempotency_in_flight",
    `expected an end of conflicts with other requests within ${MAX_ATTEMPTS} attempts, got another: retry with the same key`,
    IN_FLIGHT_RETRY_AFTER,
    { cause: conflict },
  );
}
