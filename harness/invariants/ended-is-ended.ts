import type { EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface Ended {
  readonly user: string;
  readonly at: number;
  /** The last moment at which the issuer was out of reach for this session, or its user signed in anew. */
  excused: number | null;
}

interface State {
  /** Milliseconds after its end for which a session may still be answered signed-in: access-token lifetime + skew. */
  readonly allowed: number;
  ended: Record<string, Ended>;
  evidence: {
    ends: Record<string, EventOf<"session-ended">>;
    /** Loads in flight that carry a credential of an ended session. */
    sent: Record<string, EventOf<"load-sent">>;
  };
  because: string[] | null;
}

/**
 * A session ended at the issuer, for whatever cause, is answered signed-in by no load that was sent later than one
 * access-token lifetime + skew after the end, unless the issuer was out of reach: since the load was sent, a
 * presentation of one of the session's tokens met a fault, at any isolate (the load may wait for another's flight).
 * A user who signs in anew while the load is in flight is signed in for that reason.
 *
 * @example
 * ```ts
 * const state = endedIsEnded.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) endedIsEnded.on(state, event);
 * endedIsEnded.verdict(state); // null while it holds
 * ```
 */
export const endedIsEnded: Invariant<State> = {
  id: "ended-is-ended",
  holds: "a session ended at the issuer is answered signed-out within one access-token lifetime + skew, issuer reachable",
  classes: ["E"],
  init: (context) => ({
    allowed: context.accessTokenLifetime + context.skew,
    ended: {},
    evidence: { ends: {}, sent: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "session-ended":
        if (state.ended[event.session] !== undefined) return;
        state.ended[event.session] = { user: event.user, at: event.at, excused: null };
        state.evidence.ends[event.session] = event;
        return;
      case "session-started":
        for (const ended of Object.values(state.ended)) {
          if (ended.user === event.user) ended.excused = event.at;
        }
        return;
      case "token-answered": {
        const ended = state.ended[event.token.session];
        if (ended !== undefined && event.answer.kind === "fault") ended.excused = event.at;
        return;
      }
      case "load-sent":
        if (event.held !== null && state.ended[event.held.session] !== undefined) state.evidence.sent[event.load] = event;
        return;
      case "load-answered":
        onAnswered(state, event);
        delete state.evidence.sent[event.load];
        return;
      case "load-lost":
        delete state.evidence.sent[event.load];
        return;
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.ended) : BROKEN),
  verdict: (state) => state.because,
};

function onAnswered(state: State, event: EventOf<"load-answered">): void {
  const session = event.held?.session;
  const ended = session === undefined ? undefined : state.ended[session];
  if (session === undefined || ended === undefined || event.answer !== "signed-in") return;
  const passed = event.sentAt - ended.at;
  if (passed <= state.allowed || (ended.excused !== null && ended.excused >= event.sentAt)) return;
  const led = [state.evidence.ends[session], state.evidence.sent[event.load]].filter((earlier) => earlier !== undefined);
  const late = `, sent ${passed / 1000} s after the end (${state.allowed / 1000} s are allowed)`;
  state.because = [...sentences(...led), `${sentence(event)}${late}`];
}
