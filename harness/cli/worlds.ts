import type { TimedSpec } from "../model/timed.ts";
import type { TimedWork } from "./work.ts";

/** Two people share a world, so that cross-talk can show. */
export const PEOPLE_OF_A_WORLD = 2;

/** The worlds in which so many people live the days of a timed cell. */
export function worldsOf(spec: TimedSpec, people: number): readonly TimedWork[] {
  return Array.from({ length: people / PEOPLE_OF_A_WORLD }, (_, run) => ({ spec, run }));
}
