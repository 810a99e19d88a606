import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface State {
  /** Loads in flight that were sent without a credential, and whose jar (the value) has had none since. */
  bare: Record<string, string>;
  evidence: {
    /** The loads in flight. */
    sent: Record<string, EventOf<"load-sent">>;
    /** By isolate, then by user: the user's last load there, the likely source of what leaks. */
    seen: Record<string, Record<string, EventOf<"load-sent">>>;
    /** By user: the last answer to a call of the web app for that user, the likely source of what is replayed to another. */
    answered: Record<string, EventOf<"request-answered">>;
  };
  because: string[] | null;
}

/**
 * No answer shows another user than the one who asked, no jar is given another user's credential, and nobody who had no
 * credential is answered signed-in as someone. A jar that gets its credential while the load is in flight is a sign-in.
 *
 * @example
 * ```ts
 * const state = noCrossTalk.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) noCrossTalk.on(state, event);
 * noCrossTalk.verdict(state); // null while it holds
 * ```
 */
export const noCrossTalk: Invariant<State> = {
  id: "no-cross-talk",
  holds: "no response, cookie or replayed payload ever belongs to another user than the request's credential",
  classes: [],
  init: () => ({ bare: {}, evidence: { sent: {}, seen: {}, answered: {} }, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "load-sent":
        onSent(state, event);
        return;
      case "jar-changed":
        onJarChanged(state, event);
        return;
      case "load-answered":
        onAnswered(state, event);
        forget(state, event.load);
        return;
      case "request-answered":
        onRequestAnswered(state, event);
        return;
      case "load-lost":
        forget(state, event.load);
        return;
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.bare) : BROKEN),
  verdict: (state) => state.because,
};

function onSent(state: State, event: EventOf<"load-sent">): void {
  if (event.held === null) state.bare[event.load] = event.jar;
  state.evidence.sent[event.load] = event;
  state.evidence.seen[event.isolate] = { ...state.evidence.seen[event.isolate], [event.user]: event };
}

function onJarChanged(state: State, event: EventOf<"jar-changed">): void {
  if (event.after === null) return;
  if (event.after.user !== event.user) {
    state.because = because(state, event, event.load, event.after.user);
    return;
  }
  for (const [load, jar] of Object.entries(state.bare)) {
    if (jar === event.jar) delete state.bare[load];
  }
}

function onAnswered(state: State, event: EventOf<"load-answered">): void {
  const stranger = event.mentions.find((user) => user !== event.user);
  if (stranger !== undefined) {
    state.because = because(state, event, event.load, stranger);
  } else if (event.answer === "signed-in" && event.mentions.length > 0 && state.bare[event.load] !== undefined) {
    state.because = because(state, event, event.load, null);
  }
}

function onRequestAnswered(state: State, event: EventOf<"request-answered">): void {
  const stranger = event.mentions?.find((user) => user !== event.user);
  if (stranger === undefined) {
    state.evidence.answered[event.user] = event;
    return;
  }
  const source = state.evidence.answered[stranger];
  state.because = [...sentences(source), `${sentence(event)} with what belongs to ${stranger}`];
}

function because(state: State, event: Event, load: string, stranger: string | null): string[] {
  const sent = state.evidence.sent[load];
  const source = sent === undefined || stranger === null ? undefined : state.evidence.seen[sent.isolate]?.[stranger];
  return sentences(source, sent, event);
}

function forget(state: State, load: string): void {
  delete state.bare[load];
  delete state.evidence.sent[load];
}
