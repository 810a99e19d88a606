import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries, unordered } from "./canonical.ts";

interface State {
  /** The strategy promises that a session is over at once, and everywhere. */
  readonly isAtOnce: boolean;
  /** Milliseconds after the answer for which a session may still be answered signed-in: access-token lifetime + skew, or nothing. */
  readonly allowed: number;
  /** Faults may happen now: nobody owes that the issuer is told. */
  troubled: boolean;
  /** Sessions that a person was told are over, each with when (ms since the epoch), where that makes a difference. */
  confirmed: Record<string, number>;
  /** By jar that has had no credential since: the session that its person was told is over. */
  left: Record<string, string>;
  /** Sessions that the issuer has ended. */
  ended: Record<string, true>;
  /** Loads in flight that must not be answered signed-in, each with its session. */
  late: Record<string, string>;
  /** By isolate that is doing what was left undone: the sessions that are over here and live on at the issuer. */
  owed: Record<string, string[]>;
  evidence: {
    /** By session: how it was confirmed, and how a credential of it came back into a jar since. */
    told: Record<string, Event[]>;
    /** By load. */
    sent: Record<string, EventOf<"load-sent">>;
  };
  because: string[] | null;
}

/**
 * Who was told that he is signed out is: no load that is sent after that with a credential of the session is answered signed-in,
 * however it came back into the jar; and once the target has done what was left undone, while nothing failed, the session is over at
 * the issuer too.
 *
 * A strategy that promises this keeps it at once. The others know no more than their cookie: a load may be answered signed-in for as
 * long as an access token lives, and what they could not tell the issuer nobody tells it later. But a load without any credential is
 * answered signed-in by nobody, also where the page of somebody who has left is still in memory.
 *
 * @example
 * ```ts
 * const state = logoutFinal.init(context);
 * for (const event of events) logoutFinal.on(state, event);
 * logoutFinal.verdict(state); // null while it holds
 * ```
 */
export const logoutFinal: Invariant<State> = {
  id: "logout-final",
  holds: "no request sent after a logout was answered is signed in, and the session is dead once what was left undone is done",
  classes: ["E"],
  init: ({ accessTokenLifetime, skew, promised }) => {
    const isAtOnce = promised.includes("logout-final");
    const allowed = isAtOnce ? 0 : accessTokenLifetime + skew;
    const evidence = { told: {}, sent: {} };
    return { isAtOnce, allowed, troubled: false, confirmed: {}, left: {}, ended: {}, late: {}, owed: {}, evidence, because: null };
  },
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "faults-began":
        state.troubled = true;
        state.owed = {};
        return;
      case "faults-ended":
        state.troubled = false;
        return;
      case "session-ended":
        state.ended[event.session] = true;
        return;
      case "logout-answered":
        onConfirmed(state, event);
        return;
      case "jar-changed": {
        if (event.after !== null) delete state.left[event.jar];
        const told = event.after === null ? undefined : state.evidence.told[event.after.session];
        told?.splice(1, 1, event);
        return;
      }
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
      case "maintenance-sent":
        if (state.isAtOnce && !state.troubled) state.owed[event.isolate] = alive(state);
        return;
      case "maintenance-done":
        onMaintained(state, event);
        return;
    }
  },
  key: (state) =>
    state.because === null
      ? [
          state.troubled,
          [state.confirmed, state.left, state.late].map((record) => sortedEntries<unknown>(record)),
          Object.keys(state.ended).sort(),
          sortedEntries(state.owed, unordered),
        ]
      : BROKEN,
  verdict: (state) => state.because,
};

function onConfirmed(state: State, event: EventOf<"logout-answered">): void {
  if (!event.confirmed || event.held === null) return;
  state.left[event.jar] = event.held.session;
  if (state.confirmed[event.held.session] !== undefined) return;
  state.confirmed[event.held.session] = state.isAtOnce ? 0 : event.at;
  state.evidence.told[event.held.session] = [event];
}

function onSent(state: State, event: EventOf<"load-sent">): void {
  const session = event.held?.session ?? state.left[event.jar];
  const confirmed = session === undefined ? undefined : state.confirmed[session];
  if (session === undefined || confirmed === undefined) return;
  // Whoever has no cookie any more has nothing that could still be good for a while.
  if (event.held !== null && !state.isAtOnce && event.at <= confirmed + state.allowed) return;
  state.late[event.load] = session;
  state.evidence.sent[event.load] = event;
}

function onAnswered(state: State, event: EventOf<"load-answered">): void {
  const session = state.late[event.load];
  if (session === undefined || event.answer !== "signed-in") return;
  state.because = sentences(...(state.evidence.told[session] ?? []), state.evidence.sent[event.load], event);
}

function onMaintained(state: State, event: EventOf<"maintenance-done">): void {
  const owed = state.owed[event.isolate] ?? [];
  delete state.owed[event.isolate];
  const [session] = owed.filter((one) => state.ended[one] !== true);
  if (session === undefined) return;
  const [confirmed] = state.evidence.told[session] ?? [];
  state.because = [...sentences(confirmed), `${sentence(event)}, and the session lives on at the issuer`];
}

/** The sessions that are over here and not at the issuer. */
function alive(state: State): string[] {
  return Object.keys(state.confirmed)
    .filter((session) => state.ended[session] !== true)
    .sort();
}

function forget(state: State, load: string): void {
  delete state.late[load];
  delete state.evidence.sent[load];
}
