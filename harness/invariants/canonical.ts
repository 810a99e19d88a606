import { Unordered } from "../model/unordered.ts";

/**
 * A record as entries in the order of their names, so that two orders of the same events give the same key.
 */
export function sortedEntries<V>(
  record: Readonly<Record<string, V>>,
  told: (value: V) => unknown = (value) => value,
): Unordered<readonly [string, unknown]> {
  const entries = Object.entries(record).map(([name, value]) => [name, told(value)] as const);
  return unordered(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A list of which the order means nothing. */
export function unordered<T>(items: readonly T[]): Unordered<T> {
  return Unordered.from(items) as Unordered<T>;
}

/** The key of every monitor that is broken: nothing that follows can change its verdict. */
export const BROKEN = "broken";
