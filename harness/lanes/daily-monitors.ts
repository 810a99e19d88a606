import type { Event } from "../model/event.ts";
import type { InvariantId, MonitorContext } from "../model/invariant.ts";
import type { TimedStory } from "../model/timed.ts";
import type { TraceEntry } from "../model/trace.ts";
import { Monitors } from "./monitors.ts";

/** What a monitor of a day found broken. */
export type Found = Pick<TimedStory, "at" | "invariants" | "because" | "trace">;

/**
 * Monitors for a run of weeks. What they remember grows with all that happens, so they begin anew each day, and after what they
 * found broken, as soon as no load is in flight: then nothing is under way that they would judge without its beginning.
 */
export class DailyMonitors {
  readonly #ids: readonly InvariantId[];
  readonly #context: MonitorContext;
  readonly #grace: number | null;
  readonly #broken = new Map<InvariantId, number>();
  #monitors: Monitors;
  #day = 0;
  #inFlight = 0;
  #isBroken = false;
  #first: Found | null = null;

  /** @param grace see {@link Monitors} */
  constructor(ids: readonly InvariantId[], context: MonitorContext, grace: number | null) {
    this.#ids = ids;
    this.#context = context;
    this.#grace = grace;
    this.#monitors = new Monitors(ids, context, grace);
  }

  /**
   * Takes an event in. Returns what a trace should say of it, see {@link Monitors.on}.
   *
   * @param day of the event, from 0
   */
  on(event: Event, day: number): string | null {
    if (event.type === "load-sent") {
      if (this.#inFlight === 0 && (this.#isBroken || day > this.#day)) this.#renew(day);
      this.#inFlight++;
    }
    if (event.type === "load-answered" || event.type === "load-lost") this.#inFlight--;
    return this.#monitors.on(event);
  }

  /**
   * Looks at the end of a step whether something is broken: by then a logout has been told in full.
   *
   * @param at milliseconds since the run began
   * @param trace its last stretch, read only for what is found first
   */
  settle(at: number, trace: () => readonly TraceEntry[]): void {
    if (this.#isBroken) return;
    const violations = this.#monitors.violations();
    if (violations.length === 0) return;
    this.#isBroken = true;
    const invariants = violations.map(({ invariant }) => invariant);
    for (const invariant of invariants) this.#broken.set(invariant, (this.#broken.get(invariant) ?? 0) + 1);
    this.#first ??= { at, invariants, because: violations[0]?.because ?? [], trace: trace() };
  }

  /** By invariant, how often it was found broken. */
  get broken(): Readonly<Partial<Record<InvariantId, number>>> {
    return Object.fromEntries([...this.#broken].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What was found first. */
  get first(): Found | null {
    return this.#first;
  }

  #renew(day: number): void {
    this.#monitors = new Monitors(this.#ids, this.#context, this.#grace);
    this.#day = day;
    this.#isBroken = false;
  }
}
