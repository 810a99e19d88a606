import type { Observations } from "../../model/cell.ts";
import type { EventBody, EventOf } from "../../model/event.ts";
import type { InvariantId } from "../../model/invariant.ts";

/** What an item has to go by. */
export interface Sight {
  readonly seen: readonly EventBody[];
  /** Whether refresh tokens can be read in the app's cookies. */
  readonly readsTokens: boolean;
}

/** Nothing of this is to be seen from outside, whatever happens. */
const HIDDEN: Readonly<Partial<Record<InvariantId, string>>> = {
  "successor-durable": "what instances and stores hold is not to be seen from outside",
  "no-issuer-roundtrip": "nobody outside can say which keys the app was deployed with",
  "fail-closed": "no forged token is presented",
  "provision-once": "what is stored is not to be seen from outside",
  "all-or-nothing": "what is stored is not to be seen from outside",
  "secret-never-at-rest": "what is stored and logged is not to be seen from outside",
};

/** What can be told only from cookies that can be read. */
const IN_COOKIES: ReadonlySet<InvariantId> = new Set(["generation-monotonic", "cookie-coherent"]);

const SEALED = "its cookies are sealed, so that nobody outside can say which generation they hold";

type Body<T extends EventBody["type"]> = Extract<EventBody, { readonly type: T }>;

/** What must have happened for an invariant to have been put to the test, and how to say that it has not. */
const TESTED: Readonly<Partial<Record<InvariantId, readonly [(seen: Seen) => boolean, string]>>> = {
  "no-spurious-logout": [(seen) => judged(seen).length > 0, "no page of a session was answered"],
  "no-token-reuse": [(seen) => seen.of("token-answered").length > 0, "no refresh token was presented"],
  "one-refresh-per-generation": [(seen) => seen.of("token-answered").length > 0, "no refresh token was presented"],
  "generation-monotonic": [(seen) => seen.of("jar-changed").length > 0, "no cookie changed"],
  "cookie-coherent": [(seen) => seen.of("cookies-changed").length > 0, "no cookie changed"],
  "ended-is-ended": [(seen) => seen.after("session-ended", "load-answered"), "no session was ended and used again"],
  "logout-final": [
    (seen) => seen.of("logout-answered").some(({ confirmed }) => confirmed) && seen.after("logout-answered", "load-answered"),
    "nobody signed out",
  ],
  "theft-detected": [(seen) => seen.after("cookie-stolen", "load-answered"), "nobody stole a cookie"],
  "outage-is-not-logout": [
    (seen) => seen.of("token-answered").some(({ answer }) => answer.kind === "fault") && seen.after("token-answered", "load-answered"),
    "no refresh met a fault",
  ],
  "bounded-progress": [(seen) => judged(seen).length > 0, "no page of a session was answered"],
  "lifetimes-nest": [(seen) => seen.of("token-redeemed").length > 0 && judged(seen).length > 0, "no refresh token was redeemed"],
  "revocation-scoped": [(seen) => seen.of("token-redeemed").some(({ outcome }) => outcome === "rejected"), "the issuer refused no token"],
  "key-rotation-survived": [
    (seen) => seen.of("keys-changed").length > 1 && seen.after("keys-changed", "token-redeemed"),
    "no token of a new key was used",
  ],
  "upgrade-never-refreshes": [
    (seen) => seen.of("load-answered").some(({ purpose }) => purpose === "upgrade" || purpose === "prefetch"),
    "no upgrade or prefetch was answered",
  ],
  "no-cross-talk": [
    (seen) => new Set(seen.of("load-answered").flatMap(({ mentions, user }) => (mentions.includes(user) ? [user] : []))).size > 1,
    "no page showed whose it is",
  ],
  "callback-idempotent": [(seen) => seen.of("request-answered").length > 1, "no call of the web app was answered twice"],
};

/**
 * Which of these invariants could be judged by what was seen, and which not, with the reason. Only the former can be said to hold.
 *
 * @example
 * ```ts
 * observations(["fail-closed"], { seen: [], readsTokens: true }).notObserved[0]?.why; // "no forged token is presented"
 * ```
 */
export function observations(ids: readonly InvariantId[], { seen, readsTokens }: Sight): Observations {
  const looked = new Seen(seen);
  const notObserved = ids.flatMap((invariant) => {
    const why = HIDDEN[invariant] ?? (IN_COOKIES.has(invariant) && !readsTokens ? SEALED : untested(invariant, looked));
    return why === null ? [] : [{ invariant, why }];
  });
  const missing = new Set(notObserved.map(({ invariant }) => invariant));
  return { observed: ids.filter((id) => !missing.has(id)), notObserved };
}

/** Whether a monitor may judge at all: whoever cannot see must not accuse either. */
export function isBelievable(id: InvariantId, readsTokens: boolean): boolean {
  return HIDDEN[id] === undefined && (readsTokens || !IN_COOKIES.has(id));
}

function untested(invariant: InvariantId, seen: Seen): string | null {
  const [isTested, why] = TESTED[invariant] ?? [];
  return isTested === undefined || why === undefined || isTested(seen) ? null : why;
}

/** Pages of a session, with a word on it. */
function judged(seen: Seen): readonly Body<"load-answered">[] {
  return seen.of("load-answered").filter(({ held, answer }) => held !== null && answer !== "other");
}

class Seen {
  readonly #events: readonly EventBody[];

  constructor(events: readonly EventBody[]) {
    this.#events = events;
  }

  of<T extends EventBody["type"]>(type: T): readonly Body<T>[] {
    return this.#events.filter((event): event is Body<T> => event.type === type);
  }

  /** Whether one of the second kind came after one of the first. */
  after(first: EventOf<EventBody["type"]>["type"], second: EventOf<EventBody["type"]>["type"]): boolean {
    const at = this.#events.findIndex(({ type }) => type === first);
    return at >= 0 && this.#events.slice(at).some(({ type }) => type === second);
  }
}
