import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

/** How many pages in a row may say "later" to one session once nothing fails any more. */
const MOST_IN_VAIN = 2;
/** How often a browser may be sent elsewhere before its page comes: what is beyond sends it in circles. */
const MOST_REDIRECTS = 5;

/** What a request is called when it is made once more. */
const AGAIN = /-again-\d+$/;

interface State {
  /** Faults may happen now: nobody owes progress. */
  troubled: boolean;
  /** Sessions that have ended, for whatever cause: there is nothing to come back to. */
  ended: Record<string, true>;
  /** Pages in flight that were sent while nothing could fail, by load: the session. */
  owed: Record<string, string>;
  /** By session: how many pages in a row were not served since the faults stopped. */
  inVain: Record<string, number>;
  /** By request of a web app, whatever its attempts are called: how many in a row came to nothing since the faults stopped. */
  failed: Record<string, number>;
  evidence: {
    /** By request: what came of those attempts. */
    failed: Record<string, EventOf<"request-failed">[]>;
    calm: EventOf<"faults-ended"> | null;
    /** By session: what came of those pages. */
    inVain: Record<string, EventOf<"load-answered">[]>;
  };
  because: string[] | null;
}

/**
 * When faults stop, a live session works again: of three pages that one jar asks for after that, at least one is served. Nothing
 * sends a browser in circles, and nothing waits for ever. Of a web app's call and its repetitions, too, one of three is answered.
 * Upgrades and prefetches, which may be refused for good reason, do not count; a session that was answered signed-out, or has ended,
 * is another invariant's affair.
 *
 * @example
 * ```ts
 * const state = boundedProgress.init(context);
 * for (const event of events) boundedProgress.on(state, event);
 * boundedProgress.verdict(state); // null while it holds
 * ```
 */
export const boundedProgress: Invariant<State> = {
  id: "bounded-progress",
  holds: "when faults stop, the session works within three requests; nothing waits or redirects for ever",
  classes: ["H"],
  init: () => ({
    troubled: false,
    ended: {},
    owed: {},
    inVain: {},
    failed: {},
    evidence: { failed: {}, calm: null, inVain: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "faults-began":
        state.troubled = true;
        state.owed = {};
        state.inVain = {};
        state.failed = {};
        state.evidence = { failed: {}, calm: null, inVain: {} };
        return;
      case "faults-ended":
        state.troubled = false;
        state.evidence.calm = event;
        return;
      case "session-ended":
        state.ended[event.session] = true;
        return;
      case "load-sent":
        if (!state.troubled && event.purpose === "page" && event.held !== null) state.owed[event.load] = event.held.session;
        return;
      case "load-redirected":
        if (event.redirects > MOST_REDIRECTS) state.because = sentences(...calm(state), event);
        return;
      case "load-answered":
        onAnswered(state, event);
        delete state.owed[event.load];
        return;
      case "load-lost":
        delete state.owed[event.load];
        return;
      case "request-failed":
        onFailed(state, event);
        return;
      case "loads-stuck":
        state.because = sentences(...calm(state), event);
        return;
    }
  },
  key: (state) =>
    state.because === null
      ? [
          state.troubled,
          Object.keys(state.ended).sort(),
          sortedEntries(state.owed),
          sortedEntries(state.inVain),
          sortedEntries(state.failed),
        ]
      : BROKEN,
  verdict: (state) => state.because,
};

function onAnswered(state: State, event: EventOf<"load-answered">): void {
  const session = state.owed[event.load];
  if (session === undefined || state.ended[session] === true) return;
  if (event.answer === "signed-in" || event.answer === "signed-out") {
    delete state.inVain[session];
    delete state.evidence.inVain[session];
    return;
  }
  const told = [...(state.evidence.inVain[session] ?? []), event];
  state.inVain[session] = told.length;
  state.evidence.inVain[session] = told;
  if (told.length > MOST_IN_VAIN) state.because = sentences(...calm(state), ...told);
}

function onFailed(state: State, event: EventOf<"request-failed">): void {
  if (state.troubled) return;
  const request = event.request.replace(AGAIN, "");
  const told = [...(state.evidence.failed[request] ?? []), event];
  state.failed[request] = told.length;
  state.evidence.failed[request] = told;
  if (told.length > MOST_IN_VAIN) state.because = sentences(...calm(state), ...told);
}

function calm({ evidence }: State): Event[] {
  return evidence.calm === null ? [] : [evidence.calm];
}
