import type { Event, EventOf } from "../model/event.ts";
import type { Invariant, MonitorContext } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface State {
  /** How far the profile of the issuer goes after reuse. */
  readonly reuseEnds: MonitorContext["reuseEnds"];
  /** By load in flight: the session that its credential is of. */
  sessions: Record<string, string>;
  /** The refusals of this step, for the end that comes with one of them. */
  refused: EventOf<"token-redeemed">[];
  evidence: { sent: Record<string, EventOf<"load-sent">> };
  because: string[] | null;
}

/**
 * One family's trouble ends that family and nothing else: after reuse the issuer ends only sessions of which a token was refused just
 * then, or of the same user where its profile says so; and no request of one session has the issuer end another. What an
 * administrator, a user or time ends, and what a revocation does that belongs to no request, is not judged.
 *
 * @example
 * ```ts
 * const state = revocationScoped.init(context);
 * for (const event of events) revocationScoped.on(state, event);
 * revocationScoped.verdict(state); // null while it holds
 * ```
 */
export const revocationScoped: Invariant<State> = {
  id: "revocation-scoped",
  holds: "one family's trouble never ends another session, unless the profile says so",
  classes: ["J"],
  init: ({ reuseEnds }) => ({ reuseEnds, sessions: {}, refused: [], evidence: { sent: {} }, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    state.refused = state.refused.filter(({ step }) => step === event.step);
    switch (event.type) {
      case "token-redeemed":
        if (event.outcome === "rejected") state.refused.push(event);
        return;
      case "session-ended":
        if (event.cause === "reuse") onReuse(state, event);
        return;
      case "load-sent":
        if (event.held === null) return;
        state.sessions[event.load] = event.held.session;
        state.evidence.sent[event.load] = event;
        return;
      case "revocation-asked":
        onAsked(state, event);
        return;
      case "load-answered":
      case "load-lost":
        delete state.sessions[event.load];
        delete state.evidence.sent[event.load];
        return;
    }
  },
  // What was refused in this step means nothing in the next one.
  key: (state) => (state.because === null ? sortedEntries(state.sessions) : BROKEN),
  verdict: (state) => state.because,
};

function onReuse(state: State, event: EventOf<"session-ended">): void {
  const isOwn = ({ token }: EventOf<"token-redeemed">) =>
    token.family === event.family || token.session === event.session || (state.reuseEnds === "user" && token.user === event.user);
  if (state.refused.some(isOwn)) return;
  tell(state, [...state.refused, event]);
}

function onAsked(state: State, event: EventOf<"revocation-asked">): void {
  if (event.load === null) return;
  const own = state.sessions[event.load];
  if (own === undefined || own === event.session) return;
  const sent = state.evidence.sent[event.load];
  tell(state, [...(sent === undefined ? [] : [sent]), event]);
}

function tell(state: State, events: readonly Event[]): void {
  state.because = events.map((event) => sentence(event));
}
