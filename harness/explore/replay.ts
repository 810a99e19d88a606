import type { Choice, Schedule } from "../model/program.ts";
import type { Choose, Explorer } from "./explorer.ts";

/**
 * Follows a recorded schedule as far as the program offers what it chose, and FIFO beyond its end.
 *
 * @example
 * ```ts
 * await replay([0, 0, 2]).search({ schedules: 1, seed: 0, run });
 * ```
 */
export function replay(schedule: Schedule): Explorer {
  return {
    name: "replay",
    describe: "follows a recorded schedule",
    async search({ run }) {
      await run(leniently(schedule));
      return null;
    },
  };
}

/** The choices of a schedule, and FIFO beyond its end and where there is no such choice any more. */
export function leniently(schedule: Schedule): Choose {
  let step = 0;
  return (program) => {
    const choice = schedule[step++] ?? 0;
    return choice < program.enabled().length ? choice : 0;
  };
}

/**
 * Does what was done in another run, in the same order, as far as it can be done here: of what is possible it takes what came
 * first there, and FIFO where nothing of it did.
 *
 * @param names what was done there, by {@link nameOf}
 */
export function inTheOrderOf(names: readonly string[]): Choose {
  const places = new Map<string, number[]>();
  for (const [place, name] of names.entries()) places.set(name, [...(places.get(name) ?? []), place]);
  return (program) => {
    let [best, first] = [0, Number.POSITIVE_INFINITY];
    for (const [index, choice] of program.enabled().entries()) {
      const place = places.get(nameOf(choice))?.[0];
      if (place !== undefined && place < first) [best, first] = [index, place];
    }
    // What two runs have in common may happen more than once, as a timer of a second does.
    if (first !== Number.POSITIVE_INFINITY) places.get(nameOf(program.enabled()[best] as Choice))?.shift();
    return best;
  };
}

/** What tells a choice from the others of its run, also in another run. */
export function nameOf({ kind, actor, label }: Choice): string {
  return `${kind} ${actor} ${label}`;
}

/** Without the trailing zeros: FIFO is what happens when nothing is said. */
export function trimmed(schedule: Schedule): Schedule {
  return schedule.slice(0, schedule.findLastIndex((choice) => choice !== 0) + 1);
}

/** How many choices of a schedule are not FIFO's. */
export function beyondFifo(schedule: Schedule): number {
  return schedule.filter((choice) => choice !== 0).length;
}
