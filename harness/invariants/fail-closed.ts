import type { EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentences } from "./because.ts";
import { BROKEN } from "./canonical.ts";

interface State {
  /** Forged requests in flight, by load: what is wrong with what they present. */
  forged: Record<string, string>;
  evidence: { sent: Record<string, EventOf<"load-sent">> };
  because: string[] | null;
}

/**
 * Nobody gets in with what is not theirs: no request that presents a forged, expired, foreign or mis-scoped token is answered
 * signed-in. Which requests are forged is known from who sends them, and never judged from the token.
 *
 * @example
 * ```ts
 * const state = failClosed.init(context);
 * for (const event of events) failClosed.on(state, event);
 * failClosed.verdict(state); // null while it holds
 * ```
 */
export const failClosed: Invariant<State> = {
  id: "fail-closed",
  holds: "no forged, expired, foreign or mis-scoped token is ever accepted",
  classes: [],
  init: () => ({ forged: {}, evidence: { sent: {} }, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    if (event.type === "load-sent" && event.forged !== null) {
      state.forged[event.load] = event.forged;
      state.evidence.sent[event.load] = event;
    }
    if (event.type === "load-answered" && event.answer === "signed-in" && state.forged[event.load] !== undefined) {
      const sent = state.evidence.sent[event.load];
      state.because = sentences(sent, event);
    }
    if (event.type === "load-answered" || event.type === "load-lost") {
      delete state.forged[event.load];
      delete state.evidence.sent[event.load];
    }
  },
  // What is wrong with a token decides nothing here.
  key: (state) => (state.because === null ? Object.keys(state.forged).sort() : BROKEN),
  verdict: (state) => state.because,
};
