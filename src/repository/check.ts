import { RepositoryError } from "./repository.ts";

/** UTF-16 units, up to three bytes each in UTF-8; a record key is made of two such texts, and an index entry of Postgres holds 2,704 bytes. */
const MAX_LENGTH = 256;

/** Milliseconds since the epoch: the last moment that a `Date` can hold (ECMA-262 §21.4.1.1). */
const LAST_MOMENT = 8.64e15;

/**
 * Refuses text that the two implementations would not keep alike: Postgres has no NUL, and replaces lone surrogates, by which two keys
 * would become one.
 *
 * @throws RepositoryError `invalid_argument`, without the text itself, which may be personal.
 */
export function checkText(name: string, value: string): void {
  if (value.trim() === "") throw invalid(`expected ${name} to be non-blank, got ${JSON.stringify(value)}`);
  if (value.length > MAX_LENGTH) throw invalid(`expected ${name} of at most ${MAX_LENGTH} characters, got ${value.length}`);
  if (value.includes("\0") || !value.isWellFormed())
    throw invalid(`expected ${name} to be well-formed text, got a NUL or a lone surrogate`);
}

/** @throws RepositoryError `invalid_argument` unless `value` is whole milliseconds since the epoch. */
export function checkMoment(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= LAST_MOMENT) return;
  throw invalid(`expected ${name} in whole milliseconds since the epoch, got ${value}`);
}

/** @returns The error for an argument that no retry will make right. */
export function invalid(message: string): RepositoryError {
  return new RepositoryError("invalid_argument", message);
}

/** @returns The error for an API key that would belong to nobody. */
export function noSuchWorkspace(): RepositoryError {
  return invalid("expected the id of a workspace, got one that there is not: take it from the member");
}
