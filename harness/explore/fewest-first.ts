import type { Schedule } from "../model/program.ts";
import type { TryOut } from "./attempt.ts";
import type { Choose } from "./explorer.ts";
import { leniently } from "./replay.ts";

/** A schedule that was run, and what it could have chosen instead. */
interface Ran {
  readonly schedule: Schedule;
  /** How many choices each of its steps had. */
  readonly widths: readonly number[];
  /** The step after its last choice beyond FIFO. */
  readonly from: number;
}

/**
 * Every schedule with no choice beyond FIFO, then with one, with two, and so on up to `most`: the first that fails has as few as
 * any. Delay-bounded scheduling, enumerated (Emmi, Qadeer and Rakamarić, POPL 2011), where a delay passes over any number of others.
 *
 * @returns null where none of them fails, or no run is left
 */
export async function fewestFirst(most: number, tryOut: TryOut): Promise<Schedule | null> {
  let level: Ran[] = [];
  for (let beyond = 0; beyond <= most; beyond++) {
    const next: Ran[] = [];
    for (const schedule of beyond === 0 ? [[]] : oneMore(level)) {
      const widths: number[] = [];
      const attempt = await tryOut(watching(leniently(schedule), widths));
      if (attempt === null) return null;
      if (attempt.fails) return attempt.schedule;
      next.push({ schedule, widths, from: schedule.length });
    }
    level = next;
  }
  return null;
}

/** Each of these with one choice more, beyond those it has. */
function* oneMore(level: readonly Ran[]): Generator<Schedule> {
  for (const { schedule, widths, from } of level) {
    for (let step = from; step < widths.length; step++) {
      const fifo = Array.from({ length: step - schedule.length }, () => 0);
      for (let choice = 1; choice < (widths[step] ?? 0); choice++) yield [...schedule, ...fifo, choice];
    }
  }
}

function watching(choose: Choose, widths: number[]): Choose {
  return (program) => {
    widths.push(program.enabled().length);
    return choose(program);
  };
}
