import { Unordered } from "../model/unordered.ts";

/**
 * A record as entries in the order of their names, so that two orders of the same events give the same key.
 */
export function sortedEntries<V>(record: Readonly<Record<string, V>>): Unordered<readonly [string, V]> {
  return Unordered.from(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) as Unordered<[string, V]>;
}

/** The key of every monitor that is broken: nothing that follows can change its verdict. */
export const BROKEN = "broken";
