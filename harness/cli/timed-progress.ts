import type { TimedRun } from "../model/timed.ts";
import { Rate } from "./rate.ts";
import { StatusLine, timeLeft } from "./status-line.ts";
import type { TimedWork } from "./work.ts";

const DAY = 86_400_000;

/** How far a measurement is: how much virtual time has passed, how fast, and what is left. */
export class TimedProgress {
  readonly #works: readonly TimedWork[];
  readonly #line: StatusLine;
  /** Milliseconds of virtual time of the worlds that are being played. */
  readonly #running = new Map<TimedWork, number>();
  readonly #rate = new Rate();
  #done = 0;
  /** Days that are over. */
  #days = 0;

  constructor(works: readonly TimedWork[], stream: NodeJS.WriteStream) {
    this.#works = works;
    this.#line = new StatusLine(stream, (seconds) => this.#parts(seconds));
  }

  running(work: TimedWork, virtualTime: number): void {
    this.#running.set(work, virtualTime);
    this.#line.changed();
  }

  done(work: TimedWork, _: TimedRun): void {
    this.#running.delete(work);
    this.#done++;
    this.#days += work.spec.days;
    this.#line.changed(this.#done === this.#works.length);
  }

  /** Says something else, in a line of its own. */
  interject(words: string): void {
    this.#line.interject(words);
  }

  /** Takes the line away, for what is printed next. */
  clear(): void {
    this.#line.clear();
  }

  #parts(seconds: number): readonly string[] {
    const days = [...this.#running.values()].reduce((sum, time) => sum + time / DAY, this.#days);
    const all = this.#works.reduce((sum, { spec }) => sum + spec.days, 0);
    const perSecond = this.#rate.at(seconds, days);
    return [
      `${this.#done}/${this.#works.length} worlds`,
      `${(days / 7).toFixed(1)} of ${(all / 7).toFixed(1)} weeks, ${(perSecond / 7).toFixed(2)}/s`,
      ...timeLeft(days, all, seconds),
    ];
  }
}
