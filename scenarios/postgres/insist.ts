import type { DatabaseStage } from "../../harness/lanes/postgres/scenario.ts";
import { type Repository, RepositoryError } from "../../src/repository/repository.ts";

/** A client gives up after so many attempts. No scenario has as many faults. */
const ATTEMPTS = 6;

/** A request of a client that asks again until it is answered. */
export interface Insistence<T> {
  /** The place of the isolate that is asked first, from 1; after a loss the next one is. */
  readonly place: number;
  /** For instance `ada/callback-1`. */
  readonly request: string;
  readonly user: string;
  /** What makes its repetitions one request; null where nothing needs to, because to do it again is to do nothing. */
  readonly key: string | null;
  run(repository: Repository, now: number): Promise<T>;
}

/**
 * Asks until there is an answer, as a client does: again when the isolate or the connection was lost, or when it is told to come back; and
 * tells the monitors.
 *
 * @returns the answer; null when it was refused for good
 * @throws Error when there is none after {@link ATTEMPTS} attempts, or when it fails in a way that no client can mend
 */
export async function insist<T>(stage: DatabaseStage<Repository>, insistence: Insistence<T>): Promise<T | null> {
  const { request: name, user, key, run } = insistence;
  const { isolates } = stage.parameters;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const place = ((insistence.place + attempt - 2) % isolates) + 1;
    const request = attempt === 1 ? name : `${name}-again-${attempt - 1}`;
    const isolate = stage.isolateAt(place);
    stage.emit({ type: "request-sent", request, user, key, isolate });
    const asked = await stage.ask(place, request, (repository) => run(repository, stage.now()));
    if (asked.kind === "answered") {
      stage.emit({ type: "request-answered", request, user, key, isolate, answer: JSON.stringify(asked.value) });
      return asked.value;
    }
    const error = asked.kind === "failed" ? asked.error : null;
    if (error !== null && !(error instanceof RepositoryError)) throw error;
    stage.emit({ type: "request-failed", request, user, key, reason: error?.code ?? "the isolate died" });
    if (error !== null && error.retryAfter === null) return null;
    await stage.until(stage.now() + (error?.retryAfter ?? 0) * 1000);
  }
  throw new Error(`expected an answer to ${name} within ${ATTEMPTS} attempts, got none`);
}
