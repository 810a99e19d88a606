import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

/** Milliseconds for which an older generation is taken after a newer one has first been presented: DESIGN §5, "Both sides of the coin". */
const ADOPTION_WINDOW = 60_000;

interface State {
  /** Sessions of which somebody has stolen a cookie, and which live. */
  stolen: Record<string, true>;
  /** By session: when each generation was first presented, oldest first. */
  presented: Record<string, [generation: number, at: number][]>;
  /** Loads in flight that present a generation after its window, by load: the session. */
  late: Record<string, string>;
  /** Sessions that must be over, since a cookie of theirs came back after its window and was answered. */
  found: Record<string, true>;
  /** Loads in flight of such sessions that were sent after that, by load. */
  doomed: Record<string, string>;
  /** A fault happened: the issuer may have been out of reach when it was to be told. */
  faulted: boolean;
  evidence: {
    /** By session: the theft. */
    theft: Record<string, EventOf<"cookie-stolen">>;
    /** By session: the loads that first presented each generation, oldest first. */
    presented: Record<string, EventOf<"load-sent">[]>;
    /** By load: how it was sent. */
    sent: Record<string, EventOf<"load-sent">>;
    /** By session: how the late cookie was sent and answered. */
    found: Record<string, readonly [EventOf<"load-sent"> | undefined, EventOf<"load-answered">]>;
  };
  because: string[] | null;
}

/**
 * A stolen cookie works only until its owner, or the thief, has gone on: once a newer generation has first been presented, and the
 * window in which an older one is adopted has passed, presenting the older one ends the session. The load that does so is not answered
 * signed-in, no later one of the session is, and before the run ends the issuer has ended it too, unless a fault kept it out of reach.
 *
 * Whose hands the late cookie is in makes no difference: nobody can tell the thief from the owner. A cookie that comes late without
 * any theft is not judged.
 *
 * @example
 * ```ts
 * const state = theftDetected.init(context);
 * for (const event of events) theftDetected.on(state, event);
 * theftDetected.verdict(state); // null while it holds
 * ```
 */
export const theftDetected: Invariant<State> = {
  id: "theft-detected",
  holds: "a stolen cookie presented after its window ends the session",
  classes: [],
  init: () => ({
    stolen: {},
    presented: {},
    late: {},
    found: {},
    doomed: {},
    faulted: false,
    evidence: { theft: {}, presented: {}, sent: {}, found: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "cookie-stolen":
        if (event.token === null) return;
        state.stolen[event.token.session] = true;
        state.evidence.theft[event.token.session] ??= event;
        return;
      case "fault":
        state.faulted = true;
        return;
      case "session-ended":
        delete state.stolen[event.session];
        delete state.presented[event.session];
        delete state.evidence.presented[event.session];
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
      case "run-ended":
        onRunEnded(state, event);
        return;
    }
  },
  key: (state) =>
    state.because === null
      ? [
          [state.stolen, state.found].map((sessions) => Object.keys(sessions).sort()),
          [state.presented, state.late, state.doomed].map((record) => sortedEntries<unknown>(record)),
          state.faulted,
        ]
      : BROKEN,
  verdict: (state) => state.because,
};

function onSent(state: State, event: EventOf<"load-sent">): void {
  const { held, load, at } = event;
  if (held === null) return;
  const { session, generation } = held;
  if (state.found[session] === true) state.doomed[load] = session;
  const presented = state.presented[session] ?? [];
  const newer = presented.find(([known]) => known > generation);
  const isLate = newer !== undefined && at >= newer[1] + ADOPTION_WINDOW;
  if (isLate && state.stolen[session] === true) state.late[load] = session;
  if (state.doomed[load] !== undefined || state.late[load] !== undefined) state.evidence.sent[load] = event;
  if (newer === undefined && !presented.some(([known]) => known === generation)) {
    state.presented[session] = [...presented, [generation, at]];
    state.evidence.presented[session] = [...(state.evidence.presented[session] ?? []), event];
  }
}

function onAnswered(state: State, event: EventOf<"load-answered">): void {
  const late = state.late[event.load];
  const session = late ?? state.doomed[event.load];
  if (session === undefined) return;
  const sent = state.evidence.sent[event.load];
  if (event.answer === "signed-in") {
    const [found, said] = state.evidence.found[session] ?? [];
    tell(state, session, found ?? sent, [said, found === undefined ? undefined : sent, event]);
  } else if (late !== undefined && event.answer !== "unavailable") {
    state.found[session] = true;
    state.evidence.found[session] ??= [sent, event];
  }
}

function onRunEnded(state: State, event: EventOf<"run-ended">): void {
  const [alive] = Object.keys(state.found)
    .filter((session) => state.stolen[session] === true)
    .sort();
  if (alive === undefined || state.faulted) return;
  const [found, said] = state.evidence.found[alive] ?? [];
  tell(state, alive, found, [said, event], ", and the session lives on at the issuer");
}

/** @param late the load that came after its window */
function tell(state: State, session: string, late: EventOf<"load-sent"> | undefined, then: readonly (Event | undefined)[], end = ""): void {
  const generation = late?.held?.generation ?? 0;
  const newer = state.evidence.presented[session]?.find(({ held }) => (held?.generation ?? 0) > generation);
  const told = sentences(state.evidence.theft[session], newer, late, ...then);
  state.because = [...told.slice(0, -1), `${told.at(-1)}${end}`];
}

function forget(state: State, load: string): void {
  delete state.late[load];
  delete state.doomed[load];
  delete state.evidence.sent[load];
}
