import type { Schedule } from "../model/program.ts";
import type { Explorer } from "./explorer.ts";

/**
 * Follows a recorded schedule and FIFO beyond its end.
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
      let step = 0;
      await run(() => schedule[step++] ?? 0);
      return null;
    },
  };
}

/** Without the trailing zeros: FIFO is what happens when nothing is said. */
export function trimmed(schedule: Schedule): Schedule {
  return schedule.slice(0, schedule.findLastIndex((choice) => choice !== 0) + 1);
}
