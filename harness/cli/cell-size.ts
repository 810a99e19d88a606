import type { CellSpec } from "../model/cell.ts";

/** Requests of a page: a document and its three fetches. */
const REQUESTS = { request: 1, document: 4 } as const;
/** Steps of a load, by how its crypto goes. */
const CRYPTO = { inline: 1, ordered: 2, interleaved: 2 } as const;
/** How many schedules an exhaustive search runs, as those in reports/proofs.json did within a factor of two: so many with nothing in them, … */
const LEAST = 25;
/** … so many times as many with each load and each isolate, … */
const GROWTH = 1.5;
/** … and a thing that may go wrong counts as so many of them. */
const MISHAP = 3;
/** An exhaustive schedule costs so many times as much as another: each of its states has a key. Measured over the default cells. */
const KEYS = 2;
/** Schedules that a cell comes to which is expected to break: few until it does, and then those that make the counterexample small. */
const UNTIL_BROKEN = 25;

/**
 * How long a cell takes, about, in units of one load of one schedule: enough to begin with the longest, so that none is left to one
 * thread alone at the end. A search that finds what nobody expected is shorter, and how long an exhaustive one takes nobody knows.
 */
export function sizeOf({ explore, schedules, loads, page, crypto, isolates, faults, timeSteps, expect }: CellSpec): number {
  const schedule = loads * REQUESTS[page] * CRYPTO[crypto];
  if (explore === "fifo") return schedule;
  if (expect === "violated") return Math.min(schedules, UNTIL_BROKEN) * schedule;
  if (explore !== "exhaustive") return schedules * schedule;
  const mishaps = Object.values(faults).reduce((sum, count) => sum + count, 0) + timeSteps;
  const all = LEAST * GROWTH ** (loads * CRYPTO[crypto] + isolates + MISHAP * mishaps);
  return Math.min(schedules, all) * schedule * KEYS;
}
