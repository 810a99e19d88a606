import type { Event } from "./event.ts";

/** The closed set of invariants that exist now. */
export type InvariantId =
  | "no-spurious-logout"
  | "no-token-reuse"
  | "one-refresh-per-generation"
  | "generation-monotonic"
  | "successor-durable"
  | "ended-is-ended"
  | "logout-final"
  | "theft-detected"
  | "cookie-coherent"
  | "outage-is-not-logout"
  | "bounded-progress"
  | "lifetimes-nest"
  | "revocation-scoped"
  | "no-issuer-roundtrip"
  | "key-rotation-survived"
  | "upgrade-never-refreshes"
  | "no-cross-talk"
  | "fail-closed"
  | "callback-idempotent"
  | "provision-once"
  | "all-or-nothing"
  | "secret-never-at-rest";

/** What every client can keep, whatever its strategy: the demands of a scenario that has none of its own. */
export const OF_EVERYONE: readonly InvariantId[] = [
  ...(["no-spurious-logout", "generation-monotonic", "ended-is-ended", "outage-is-not-logout"] as const),
  ...(["logout-final", "bounded-progress", "revocation-scoped", "no-cross-talk"] as const),
];

/** The facts of a cell that a monitor may depend on. Durations in milliseconds. */
export interface MonitorContext {
  readonly accessTokenLifetime: number;
  /** How early or late a client may treat an access token as expired: min(30 s, lifetime / 10). */
  readonly skew: number;
  /** What the strategy promises beyond what is demanded of everyone; some invariants are stricter with who promises them. */
  readonly promised: readonly InvariantId[];
  /** What the issuer ends when a refresh token comes back too late: no more than its session, or all that its user has here. */
  readonly reuseEnds: "session" | "user";
  /** True where storage is not to be seen: what depends on it is not judged. Everything is seen unless this says otherwise. */
  readonly storageIsHidden?: true;
  /** How long a refresh token lives: since it was issued, since its sign-in, since its family was last used. Null: no such limit. */
  readonly refreshTokenLives: { readonly issued: number | null; readonly signedIn: number | null; readonly unused: number | null };
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
  /** The family that is broken, where the event that shows it may be about something else, like the death of an isolate. */
  family?(state: S): string | null;
}

/** An invariant found broken. `because` lists the events, in order, that make it false. */
export interface Violation {
  readonly invariant: InvariantId;
  readonly because: readonly string[];
}
