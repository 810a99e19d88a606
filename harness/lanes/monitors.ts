import { clause } from "../invariants/because.ts";
import { invariantsNamed } from "../invariants/index.ts";
import type { Event } from "../model/event.ts";
import type { Invariant, InvariantId, MonitorContext, Violation } from "../model/invariant.ts";

/** The monitors of one run, side by side. */
export class Monitors {
  readonly #running: readonly { readonly invariant: Invariant; readonly state: unknown }[];

  constructor(ids: readonly InvariantId[], context: MonitorContext) {
    this.#running = invariantsNamed([...new Set(ids)]).map((invariant) => ({ invariant, state: invariant.init(context) }));
  }

  /** Takes an event in. Returns what a trace should say of it; null for what the trace's own lines already say. */
  on(event: Event): string | null {
    for (const { invariant, state } of this.#running) invariant.on(state, event);
    return event.type === "load-sent" || event.type === "token-presented" || event.type === "run-ended" ? null : clause(event);
  }

  violations(): readonly Violation[] {
    return this.#running.flatMap(({ invariant, state }) => {
      const because = invariant.verdict(state);
      return because === null ? [] : [{ invariant: invariant.id, because }];
    });
  }

  /** For the key of a state. */
  state(): unknown {
    return this.#running.map(({ invariant, state }) => invariant.key(state));
  }
}
