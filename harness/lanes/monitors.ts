import { clause } from "../invariants/because.ts";
import { cannotBeHad } from "../invariants/cannot-be-had.ts";
import { invariantsNamed } from "../invariants/index.ts";
import type { Event } from "../model/event.ts";
import type { Invariant, InvariantId, MonitorContext, Violation } from "../model/invariant.ts";

/** What follows of itself where nobody can have the newest generation any more. */
const LIMITED: ReadonlySet<InvariantId> = new Set(["no-spurious-logout", "outage-is-not-logout", "successor-durable", "bounded-progress"]);

/** What the trace's own lines already say, or what says nothing to whoever reads it. */
const UNTOLD: ReadonlySet<Event["type"]> = new Set([
  ...(["load-sent", "token-presented", "issuer-called", "cookies-changed", "faults-began", "faults-ended", "run-ended"] as const),
  "load-redirected",
]);

/** The monitors of one run, side by side. */
export class Monitors {
  readonly #running: readonly { readonly invariant: Invariant; readonly state: unknown }[];
  readonly #limit: ReturnType<typeof cannotBeHad.init>;
  /** Families of which the issuer has refused a token. */
  readonly #refused = new Set<string>();
  /** By load in flight: the family of its credential. */
  readonly #held = new Map<string, string>();
  #violations: readonly Violation[] = [];
  #excused = false;

  /** @param grace milliseconds for which the issuer answers a replay of a spent token with something that works; null where it never does */
  constructor(ids: readonly InvariantId[], context: MonitorContext, grace: number | null) {
    this.#running = invariantsNamed(ids).map((invariant) => ({ invariant, state: invariant.init(context) }));
    this.#limit = cannotBeHad.init(grace);
  }

  /** Takes an event in. Returns what a trace should say of it; null for what the trace's own lines already say. */
  on(event: Event): string | null {
    cannotBeHad.on(this.#limit, event);
    if (event.type === "token-answered" && event.answer.kind === "rejected") this.#refused.add(event.token.family);
    if (event.type === "load-sent" && event.held !== null) this.#held.set(event.load, event.held.family);
    for (const { invariant, state } of this.#running) invariant.on(state, event);
    const unbroken = this.#violations.length === 0;
    this.#violations = this.#broken();
    if (unbroken && this.#violations.length > 0) {
      const broken = this.#running.filter(({ invariant, state }) => invariant.verdict(state) !== null);
      this.#excused = broken.every(({ invariant, state }) => {
        // Only these can be the issuer's limit; whatever else breaks is the client's own.
        if (!LIMITED.has(invariant.id)) return false;
        const named = invariant.family?.(state) ?? null;
        if (named !== null) return cannotBeHad.has(this.#limit, named);
        // Who signs somebody out before the issuer has said no has no excuse.
        const family = this.#familyOf(event) ?? "";
        return this.#refused.has(family) && cannotBeHad.has(this.#limit, family);
      });
    }
    if (event.type === "load-answered" || event.type === "load-lost") this.#held.delete(event.load);
    return UNTOLD.has(event.type) ? null : clause(event);
  }

  violations(): readonly Violation[] {
    return this.#violations;
  }

  /** `cannot-be-had` when the first violation befell a session that a fault had put beyond the reach of any client. */
  verdict(): "holds" | "violated" | "cannot-be-had" {
    if (this.#violations.length === 0) return "holds";
    return this.#excused ? "cannot-be-had" : "violated";
  }

  /** For the key of a state. */
  state(): unknown {
    return [cannotBeHad.key(this.#limit), [...this.#refused].sort(), this.#running.map(({ invariant, state }) => invariant.key(state))];
  }

  /** Whose tokens an event is about. */
  #familyOf(event: Event): string | null {
    switch (event.type) {
      case "load-answered":
        return event.held?.family ?? null;
      case "jar-changed":
        return event.before?.family ?? null;
      case "token-redeemed":
      case "token-answered":
        return event.token.family;
      case "load-lost":
        return this.#held.get(event.load) ?? null;
      default:
        return null;
    }
  }

  #broken(): readonly Violation[] {
    return this.#running.flatMap(({ invariant, state }) => {
      const because = invariant.verdict(state);
      return because === null ? [] : [{ invariant: invariant.id, because }];
    });
  }
}
