import { RepositoryError } from "../repository/repository.ts";
import { type Unavailable, unavailable } from "./refusal.ts";

/** An outage of the repository as the answer that it means; null for everything else. */
export function outageOf(error: unknown): Unavailable | null {
  if (!(error instanceof RepositoryError) || error.code !== "unavailable") return null;
  // The message may quote a statement's values, so it is not passed on.
  return unavailable("repository", "the repository is unavailable", error.retryAfter);
}
