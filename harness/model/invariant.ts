import type { Event } from "./event.ts";

/** The closed set of invariants that exist now. */
export type InvariantId =
  | "no-spurious-logout"
  | "no-token-reuse"
  | "generation-monotonic"
  | "outage-is-not-logout"
  | "no-cross-talk"
  | "ended-is-ended"
  | "callback-idempotent"
  | "provision-once"
  | "all-or-nothing"
  | "secret-never-at-rest";

/** The facts of a cell that a monitor may depend on. Durations in milliseconds. */
export interface MonitorContext {
  readonly accessTokenLifetime: number;
  /** How early or late a client may treat an access token as expired: min(30 s, lifetime / 10). */
  readonly skew: number;
}

/**
 * A finite monitor over events. `S` is its whole memory, plain JSON data: the facts that later verdicts
 * depend on, and the evidence that a *because* is told from.
 */
export interface Invariant<S = unknown> {
  readonly id: InvariantId;
  /** One sentence: it holds when … */
  readonly holds: string;
  /** The classes of bugs that it catches, by letter, for instance `A`. */
  readonly classes: readonly string[];
  init(context: MonitorContext): S;
  /** Takes one event in. May change `state` in place. */
  on(state: S, event: Event): void;
  /**
   * The facts alone, in canonical order, for the key of a search state: equal keys give equal verdicts from there on.
   * Evidence stays out of it, because step numbers tell apart orders that are otherwise equal, and nothing would merge.
   */
  key(state: S): unknown;
  /** Null while it holds; otherwise *because*: the events, in order, that make it false, one sentence each. */
  verdict(state: S): readonly string[] | null;
}

/** An invariant found broken. `because` lists the events, in order, that make it false. */
export interface Violation {
  readonly invariant: InvariantId;
  readonly because: readonly string[];
}
