import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

/** Below it sessions are ended: to tell the issuer so is no question to it. */
const SESSIONS = "/user_management/sessions";

/** The newest generation of a family. */
interface Newest {
  readonly generation: number;
  /** Milliseconds. The `iat` of its first access token, a whole second: none that goes with it is older. */
  readonly since: number;
  /** Its key is one that isolates were deployed with. */
  readonly isBaked: boolean;
}

interface State {
  /** Milliseconds since it was issued for which an access token is good without a doubt: lifetime - skew. */
  readonly good: number;
  /** The signing key is one that isolates were deployed with. */
  isBaked: boolean;
  newest: Record<string, Newest>;
  /** Loads in flight whose access token is good, by load: until when. */
  served: Record<string, number>;
  evidence: { sent: Record<string, EventOf<"load-sent">> };
  because: string[] | null;
}

/**
 * Signed claims are enough: no load whose access token is valid beyond the skew, and signed by a key that the isolate was deployed
 * with, makes an isolate ask the issuer anything, not even a cold one. That a session is over may be told it. It is judged for the
 * newest generation of a family alone, of which it is known how old its access token is at least.
 *
 * @example
 * ```ts
 * const state = noIssuerRoundtrip.init(context);
 * for (const event of events) noIssuerRoundtrip.on(state, event);
 * noIssuerRoundtrip.verdict(state); // null while it holds
 * ```
 */
export const noIssuerRoundtrip: Invariant<State> = {
  id: "no-issuer-roundtrip",
  holds: "an access token valid beyond the skew and signed by a key in the static set: no call to the issuer, also on a cold isolate",
  classes: [],
  init: ({ accessTokenLifetime, skew }) => ({
    good: accessTokenLifetime - skew,
    isBaked: true,
    newest: {},
    served: {},
    evidence: { sent: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "keys-changed":
        state.isBaked = event.baked.includes(event.signs);
        return;
      case "session-started":
        state.newest[event.family] = { generation: 0, since: issuedAt(event), isBaked: state.isBaked };
        return;
      case "token-redeemed":
        onRedeemed(state, event);
        return;
      case "load-sent":
        onSent(state, event);
        return;
      case "issuer-called":
        onCalled(state, event);
        return;
      case "load-answered":
      case "load-lost":
        delete state.served[event.load];
        delete state.evidence.sent[event.load];
        return;
    }
  },
  key: (state) => (state.because === null ? [state.isBaked, sortedEntries(state.newest), sortedEntries(state.served)] : BROKEN),
  verdict: (state) => state.because,
};

function onRedeemed(state: State, event: EventOf<"token-redeemed">): void {
  const { successor } = event;
  if (successor === null) return;
  const known = state.newest[successor.family];
  if (known !== undefined && known.generation >= successor.generation) return;
  state.newest[successor.family] = { generation: successor.generation, since: issuedAt(event), isBaked: state.isBaked };
}

/** RFC 7519 dates count seconds, so a token may end almost one earlier than a lifetime from now. */
function issuedAt({ at }: Event): number {
  return Math.floor(at / 1_000) * 1_000;
}

function onSent(state: State, event: EventOf<"load-sent">): void {
  const { held, load, at, purpose } = event;
  // Who asks for a renewal wants the issuer to be asked.
  if (purpose === "renewal") return;
  const newest = held === null ? undefined : state.newest[held.family];
  if (newest === undefined || newest.generation !== held?.generation || !newest.isBaked) return;
  const until = newest.since + state.good;
  if (at >= until) return;
  state.served[load] = until;
  state.evidence.sent[load] = event;
}

function onCalled(state: State, event: EventOf<"issuer-called">): void {
  const until = event.load === null ? undefined : state.served[event.load];
  if (event.load === null || until === undefined || event.at >= until || event.path === SESSIONS) return;
  const sent = state.evidence.sent[event.load];
  state.because = [...sentences(sent), `${sentence(event)}, whose access token is good for ${(until - event.at) / 1000} s more`];
}
