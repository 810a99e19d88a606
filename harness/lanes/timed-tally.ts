import { createHash } from "node:crypto";
import { endsLegitimately, logoutIn } from "../invariants/logout.ts";
import type { Event } from "../model/event.ts";
import type { TimedCounts } from "../model/timed.ts";

const DAY = 86_400_000;

/** Counts what happens in a run of weeks, in memory that does not grow with them but for the sessions that ended. */
export class TimedTally {
  readonly #began: number;
  readonly #digest = createHash("sha256");
  /** By jar: the last day on which it was used. */
  readonly #days = new Map<string, number>();
  /** Sessions that may be answered signed-out, or have been counted. */
  readonly #over = new Set<string>();
  #sessionDays = 0;
  #loads = 0;
  #refreshes = 0;
  #redemptions = 0;
  #signIns = 0;
  #logouts = 0;

  /** @param began milliseconds since the epoch, a midnight */
  constructor(began: number) {
    this.#began = began;
  }

  /** Takes an event in. */
  on(event: Event): void {
    this.#digest.update(JSON.stringify(event));
    if (event.type === "load-sent") this.#onLoad(event.jar, this.dayOf(event.at));
    if (event.type === "session-started") this.#signIns++;
    if (event.type === "token-redeemed") {
      this.#redemptions++;
      if (event.outcome === "rotated" || event.outcome === "kept") this.#refreshes++;
    }
    if (event.type === "session-ended" && endsLegitimately(event)) this.#over.add(event.session);
    const session = logoutIn(event)?.credential.session;
    if (session === undefined || this.#over.has(session)) return;
    this.#over.add(session);
    this.#logouts++;
  }

  /** The day, from 0, of a moment. */
  dayOf(at: number): number {
    return Math.floor((at - this.#began) / DAY);
  }

  #onLoad(jar: string, day: number): void {
    this.#loads++;
    if (this.#days.get(jar) === day) return;
    this.#days.set(jar, day);
    this.#sessionDays++;
  }

  /**
   * What there was so far.
   *
   * @param now milliseconds since the epoch
   */
  counts(now: number, steps: number): TimedCounts {
    return {
      virtualTime: now - this.#began,
      sessionDays: this.#sessionDays,
      loads: this.#loads,
      refreshes: this.#refreshes,
      redemptions: this.#redemptions,
      signIns: this.#signIns,
      logouts: this.#logouts,
      steps,
    };
  }

  /** SHA-256 over all events so far. */
  get digest(): string {
    return this.#digest.copy().digest("hex");
  }
}
