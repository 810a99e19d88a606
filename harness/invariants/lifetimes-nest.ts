import { type Credential, credentialLabel } from "../model/credential.ts";
import type { Event, EventOf } from "../model/event.ts";
import type { Invariant, MonitorContext } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

/** Milliseconds by which a cookie may end before its refresh token: `Max-Age` has whole seconds, and an answer takes its time. */
const TOLERANCE = 60_000;

interface Family {
  readonly startedAt: number;
  /** When the issuer last answered one of its refresh tokens with something that works. */
  usedAt: number;
  /** The newest refresh token, and when it was issued. */
  newest: string;
  issuedAt: number;
}

interface State {
  /** Milliseconds since the newest access token of a family for which anything may be served: lifetime + skew. */
  readonly allowed: number;
  readonly lives: MonitorContext["refreshTokenLives"];
  families: Record<string, Family>;
  evidence: {
    /** By family: how its newest access token came. */
    minted: Record<string, Event>;
    /** By load: how it was sent. */
    sent: Record<string, EventOf<"load-sent">>;
  };
  because: string[] | null;
}

/**
 * Lifetimes nest: a cookie that is set lasts as long as the refresh token in it, where that has an end at all; a cookie that goes with
 * its browser is a choice and no mistake. And the issuer's time rules: no load is answered signed-in that was sent later than one
 * access-token lifetime + skew after the newest access token of its family was issued, whatever the clock of the isolate says.
 *
 * @example
 * ```ts
 * const state = lifetimesNest.init(context);
 * for (const event of events) lifetimesNest.on(state, event);
 * lifetimesNest.verdict(state); // null while it holds
 * ```
 */
export const lifetimesNest: Invariant<State> = {
  id: "lifetimes-nest",
  holds: "the cookie outlives the refresh token, and no clock that is wrong makes a dead token be served beyond the bound",
  classes: ["I"],
  init: ({ accessTokenLifetime, skew, refreshTokenLives }) => ({
    allowed: accessTokenLifetime + skew,
    lives: refreshTokenLives,
    families: {},
    evidence: { minted: {}, sent: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "session-started":
        state.families[event.family] = { startedAt: event.at, usedAt: event.at, newest: `RT ${event.family}.g0`, issuedAt: event.at };
        state.evidence.minted[event.family] = event;
        return;
      case "token-redeemed":
        onRedeemed(state, event);
        return;
      case "jar-changed":
        if (event.after !== null && event.until !== null) onSet(state, event, event.after, event.until);
        return;
      case "load-sent":
        state.evidence.sent[event.load] = event;
        return;
      case "load-answered":
        if (event.answer === "signed-in" && event.held !== null) onServed(state, event, event.held);
        delete state.evidence.sent[event.load];
        return;
      case "load-lost":
        delete state.evidence.sent[event.load];
        return;
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.families) : BROKEN),
  verdict: (state) => state.because,
};

function onRedeemed(state: State, event: EventOf<"token-redeemed">): void {
  const family = state.families[event.token.family];
  if (family === undefined || event.successor === null) return;
  const successor = credentialLabel(event.successor);
  if (successor !== family.newest) family.issuedAt = event.at;
  family.newest = successor;
  family.usedAt = event.at;
  state.evidence.minted[event.token.family] = event;
}

/** Only the newest token is judged: an older one has no life left that a cookie could outlive. */
function onSet(state: State, event: EventOf<"jar-changed">, after: Credential, until: number): void {
  const family = state.families[after.family];
  if (family === undefined || family.newest !== credentialLabel(after)) return;
  const { issued, signedIn, unused } = state.lives;
  const ends = [
    issued === null ? null : family.issuedAt + issued,
    signedIn === null ? null : family.startedAt + signedIn,
    unused === null ? null : family.usedAt + unused,
  ].filter((end) => end !== null);
  if (ends.length === 0) return;
  const early = Math.min(...ends) - until;
  if (early <= TOLERANCE) return;
  const minted = state.evidence.minted[after.family];
  const short = `${sentence(event)}, in a cookie that ends ${early / 1000} s before it`;
  state.because = [...sentences(minted), short];
}

function onServed(state: State, event: EventOf<"load-answered">, held: Credential): void {
  const family = state.families[held.family];
  if (family === undefined) return;
  const age = event.sentAt - family.usedAt;
  if (age <= state.allowed) return;
  const dead = `${sentence(event)}, sent ${age / 1000} s after the newest access token was issued (${state.allowed / 1000} s are allowed)`;
  state.because = [...sentences(state.evidence.minted[held.family], state.evidence.sent[event.load]), dead];
}
