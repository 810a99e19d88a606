import type { CataloguedBug, CataloguedCost, CatalogueResult, CorrectVariant, Part, Spread } from "../model/catalogue.ts";

/** Schedules: half of the bugs must be found within so many. */
const MOST_SCHEDULES = 200;
/** Steps: what a person can still read. */
const MOST_STEPS = 40;

/** What the parts of a catalogue come to. */
type Sums = Pick<CatalogueResult, "recall" | "schedulesToFind" | "steps" | "precision" | "shortfalls">;

/**
 * Adds up a catalogue: what was found of what there is, after how much, how small, and with how many false alarms; and says what of that is
 * not good enough.
 *
 * @example
 * ```ts
 * sumUp([], [], []).shortfalls; // []
 * ```
 */
export function sumUp(bugs: readonly CataloguedBug[], correct: readonly CorrectVariant[], costs: readonly CataloguedCost[]): Sums {
  const found = bugs.filter((bug) => bug.found);
  const classes = (some: readonly CataloguedBug[]) => new Set(some.flatMap((bug) => bug.class ?? [])).size;
  const alarms = correct.filter(({ verdict }) => verdict === "violated");
  const schedulesToFind = spreadOf(found.map(({ schedules }) => schedules));
  return {
    recall: { classes: { found: classes(found), all: classes(bugs) }, bugs: { found: found.length, all: bugs.length } satisfies Part },
    schedulesToFind,
    steps: spreadOf(found.flatMap(({ steps }) => steps ?? [])),
    precision: {
      schedules: correct.reduce((sum, { schedules }) => sum + schedules, 0),
      variants: correct.length,
      falseAlarms: alarms.length,
    },
    shortfalls: [
      ...bugs.filter((bug) => !bug.found).map(missed),
      ...found
        .filter(({ steps }) => steps !== null && steps > MOST_STEPS)
        .map(({ id, steps }) => `${id}: ${steps} steps, at most ${MOST_STEPS} are wanted`),
      ...(schedulesToFind !== null && schedulesToFind.median > MOST_SCHEDULES
        ? [`half of the bugs take more than ${MOST_SCHEDULES} schedules: ${schedulesToFind.median}`]
        : []),
      ...alarms.map(
        ({ target, strategy, scenario, profile, broken }) =>
          `false alarm in ${target}, ${strategy}, ${scenario}, ${profile}: ${broken.join(", ")}`,
      ),
      ...costs.filter(({ isLess, error }) => !isLess && error === null).map(({ id }) => `${id}: what it costs is no less afterwards`),
    ],
  };
}

function missed({ id, invariant, broken, error, schedules }: CataloguedBug): string {
  const instead =
    error === null ? (broken.length === 0 ? `nothing broke in ${schedules} schedules` : `${broken.join(", ")} broke`) : error.message;
  return `${id}: expected ${invariant} to break, but ${instead}`;
}

/** The middle one of an even number of numbers is the lower of the two. */
function spreadOf(numbers: readonly number[]): Spread | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [median, max] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
  return median === undefined || max === undefined ? null : { median, max };
}
