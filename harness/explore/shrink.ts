import type { Schedule } from "../model/program.ts";
import type { TryOut } from "./attempt.ts";
import { fewestFirst } from "./fewest-first.ts";
import { beyondFifo, leniently, trimmed } from "./replay.ts";

/**
 * Makes a failing schedule as plain as the runs that are left allow: fewer choices beyond FIFO first, then smaller ones, then a
 * shorter run. The same failure gives the same result.
 *
 * It takes choices back in chunks, half of them, a quarter, one by one, and begins again whenever that succeeds: delta debugging
 * (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 2002). Where it departs: what is taken
 * away is a choice and not its step, so that what comes after keeps its place; of the subsets only complements are tried; choices
 * are lowered as well. Since a choice taken back changes what the later ones mean, that can end far from the plainest schedule: with the runs
 * that are left, {@link fewestFirst} looks for one of still fewer choices from the other end.
 *
 * (The shrinker of fast-check's arrays shortens from the front, which moves every later choice to another step.)
 *
 * @param failing must fail when it is followed
 */
export async function shrinkSchedule(failing: Schedule, tryOut: TryOut): Promise<Schedule> {
  const shrinker = new Shrinker(failing, tryOut);
  // Mostly what fails in some order fails in FIFO order once the cell is small.
  await shrinker.offer([]);
  let before: Schedule;
  do {
    before = shrinker.best;
    await takeBack(shrinker);
    await lower(shrinker);
  } while (shrinker.best !== before);
  const fewer = await fewestFirst(beyondFifo(shrinker.best) - 1, tryOut);
  if (fewer === null) return shrinker.best;
  const plain = new Shrinker(fewer, tryOut);
  await lower(plain);
  return plain.best;
}

/** Takes choices back: chunks of half of them, then of a quarter, and at last each alone. */
async function takeBack(shrinker: Shrinker): Promise<void> {
  for (let size = halfOf(shrinker.places().length); size > 0; ) {
    let succeeded = false;
    for (let from = 0; from < shrinker.places().length; ) {
      const chunk = shrinker.places().slice(from, from + size);
      if (await shrinker.offer(shrinker.best.map((choice, step) => (chunk.includes(step) ? 0 : choice)))) succeeded = true;
      else from += size;
    }
    if (succeeded) size = Math.min(size, halfOf(shrinker.places().length));
    else size = size === 1 ? 0 : halfOf(size);
  }
}

/** Tries for each choice those that are nearer to FIFO's. */
async function lower(shrinker: Shrinker): Promise<void> {
  for (const step of shrinker.places()) {
    const choice = shrinker.best[step] ?? 0;
    for (const lower of new Set([1, Math.floor(choice / 2), choice - 1])) {
      if (lower > 0 && lower < choice && (await shrinker.offer(shrinker.best.with(step, lower)))) break;
    }
  }
}

function halfOf(count: number): number {
  return Math.ceil(count / 2);
}

/** The plainest schedule so far, and what has been tried. */
class Shrinker {
  best: Schedule;
  readonly #tryOut: TryOut;
  readonly #tried = new Set<string>();

  constructor(failing: Schedule, tryOut: TryOut) {
    this.best = failing;
    this.#tryOut = tryOut;
  }

  /** The steps in which the best schedule is not FIFO. */
  places(): readonly number[] {
    return this.best.flatMap((choice, step) => (choice === 0 ? [] : [step]));
  }

  /** Takes a schedule if it fails as well and is plainer. */
  async offer(schedule: Schedule): Promise<boolean> {
    const text = trimmed(schedule).join();
    if (this.#tried.has(text)) return false;
    this.#tried.add(text);
    const attempt = await this.#tryOut(leniently(schedule));
    if (attempt === null || !attempt.fails || !isPlainer(attempt.schedule, this.best)) return false;
    this.best = attempt.schedule;
    return true;
  }
}

/** Fewer choices beyond FIFO, or as many and smaller ones, or the same in a shorter run. */
export function isPlainer(a: Schedule, b: Schedule): boolean {
  return (beyondFifo(a) - beyondFifo(b) || sumOf(a) - sumOf(b) || a.length - b.length) < 0;
}

function sumOf(schedule: Schedule): number {
  return schedule.reduce((sum, choice) => sum + choice, 0);
}
