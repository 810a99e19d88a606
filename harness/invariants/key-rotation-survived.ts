import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

/** Milliseconds after a rotation, and after the last fault, within which every isolate has the new key. */
const BOUND = 60_000;

/** The newest access token of a family. */
interface Minted {
  readonly generation: number;
  readonly at: number;
  readonly kid: string;
}

interface State {
  /** Milliseconds for which an access token is good without a doubt: lifetime - skew. */
  readonly good: number;
  /** Milliseconds for which anybody may go on with a key that is no longer published: lifetime + skew. */
  readonly allowed: number;
  /** The key that signs; null until somebody says. */
  signs: string | null;
  /** Keys that were published once and no longer are, and since when. */
  retired: Record<string, number>;
  published: string[];
  /** From when on the new key must be known; null while faults may happen. */
  knownFrom: number | null;
  minted: Record<string, Minted>;
  ended: Record<string, true>;
  /** Loads in flight with a good token of the key that signs, by load: the session, and whether it must be served. */
  fresh: Record<string, { readonly session: string; readonly owed: boolean }>;
  evidence: {
    changed: EventOf<"keys-changed"> | null;
    minted: Record<string, Event>;
    sent: Record<string, EventOf<"load-sent">>;
  };
  because: string[] | null;
}

/**
 * A key rotation is nothing that a user notices: a page with a good access token of the new key is never answered signed-out, and from
 * a minute after the rotation, or after the last fault, it is answered signed-in. And a retired key stays retired: one access-token
 * lifetime + skew after it has left the key set, no page is served on a token of it.
 *
 * @example
 * ```ts
 * const state = keyRotationSurvived.init(context);
 * for (const event of events) keyRotationSurvived.on(state, event);
 * keyRotationSurvived.verdict(state); // null while it holds
 * ```
 */
export const keyRotationSurvived: Invariant<State> = {
  id: "key-rotation-survived",
  holds: "tokens of a new key are accepted within the bound, and a retired key is refused after it",
  classes: ["G"],
  init: ({ accessTokenLifetime, skew }) => ({
    good: accessTokenLifetime - skew,
    allowed: accessTokenLifetime + skew,
    signs: null,
    retired: {},
    published: [],
    knownFrom: 0,
    minted: {},
    ended: {},
    fresh: {},
    evidence: { changed: null, minted: {}, sent: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "keys-changed":
        onKeys(state, event);
        return;
      case "faults-began":
        state.knownFrom = null;
        return;
      case "faults-ended":
        state.knownFrom = event.at + BOUND;
        return;
      case "session-ended":
        state.ended[event.session] = true;
        return;
      case "token-redeemed":
        onRedeemed(state, event);
        return;
      case "load-sent":
        onSent(state, event);
        return;
      case "load-answered":
        onAnswered(state, event);
        forget(state, event.load);
        return;
      case "load-lost":
        forget(state, event.load);
        return;
    }
  },
  key: (state) =>
    state.because === null
      ? [
          state.signs,
          [...state.published].sort(),
          sortedEntries(state.retired),
          state.knownFrom,
          sortedEntries(state.minted),
          Object.keys(state.ended).sort(),
          sortedEntries(state.fresh),
        ]
      : BROKEN,
  verdict: (state) => state.because,
};

function onKeys(state: State, event: EventOf<"keys-changed">): void {
  const gone = [...(state.signs === null ? [] : [state.signs]), ...state.published].filter((kid) => !event.published.includes(kid));
  for (const kid of gone) state.retired[kid] ??= event.at;
  for (const kid of event.published) delete state.retired[kid];
  if (event.signs !== state.signs && state.knownFrom !== null) state.knownFrom = event.at + BOUND;
  state.signs = event.signs;
  state.published = [...event.published];
  state.evidence.changed = event;
}

/** Before anybody has spoken of keys, all is as it was deployed, and there is nothing to survive. */
function onRedeemed(state: State, event: EventOf<"token-redeemed">): void {
  const { successor } = event;
  if (successor === null || state.signs === null) return;
  state.minted[successor.family] = { generation: successor.generation, at: event.at, kid: state.signs };
  state.evidence.minted[successor.family] = event;
}

function onSent(state: State, event: EventOf<"load-sent">): void {
  const { held, load, at } = event;
  const minted = held === null ? undefined : state.minted[held.family];
  if (held === null || minted === undefined) return;
  state.evidence.sent[load] = event;
  if (minted.generation !== held.generation || minted.kid !== state.signs || at >= minted.at + state.good) return;
  const owed = event.purpose === "page" && state.knownFrom !== null && at >= state.knownFrom;
  state.fresh[load] = { session: held.session, owed };
}

function onAnswered(state: State, event: EventOf<"load-answered">): void {
  const fresh = state.fresh[event.load];
  if (fresh !== undefined && state.ended[fresh.session] === undefined) {
    if (event.answer === "signed-out" || (fresh.owed && event.answer !== "signed-in")) tell(state, event, sentence(event));
    return;
  }
  const minted = event.held === null ? undefined : state.minted[event.held.family];
  if (minted === undefined || event.answer !== "signed-in") return;
  const since = state.retired[minted.kid];
  if (since !== undefined && event.sentAt - since > state.allowed) {
    tell(state, event, `${sentence(event)}, ${(event.sentAt - since) / 1000} s after its key left the key set`);
  }
}

function tell(state: State, event: EventOf<"load-answered">, last: string): void {
  const minted = event.held === null ? undefined : state.evidence.minted[event.held.family];
  state.because = [...sentences(state.evidence.changed, minted, state.evidence.sent[event.load]), last];
}

function forget(state: State, load: string): void {
  delete state.fresh[load];
  delete state.evidence.sent[load];
}
