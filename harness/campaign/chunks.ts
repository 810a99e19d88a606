/** Rows of one statement. */
const ROWS = 5_000;

/** Splits a list, so that no statement is too large. */
export function chunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / ROWS) }, (_, index) => all.slice(index * ROWS, (index + 1) * ROWS));
}
