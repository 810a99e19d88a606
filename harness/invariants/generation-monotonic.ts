import { credentialLabel } from "../model/credential.ts";
import type { Event, EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

/** The kind of record in which a target keeps a session. */
const SESSION_RECORD = "session";

interface Jar {
  token: string;
  family: string;
  generation: number;
  /** The latest moment at which the access token that goes with it may have been issued. */
  since: number;
  /** A newer generation that a signed-in answer must have been drawn from; null while the jar is not behind. */
  behind: number | null;
}

interface State {
  /** Access-token lifetime in milliseconds. */
  readonly lifetime: number;
  /** By family: the newest generation that an isolate was issued. */
  issued: Record<string, number>;
  /** Families that ended, whatever the cause: there is nothing newer to be had. */
  ended: Record<string, true>;
  jars: Record<string, Jar>;
  /** By family: the newest generation that a record of its session has had. */
  stored: Record<string, number>;
  /** Loads in flight that carry a dead access token of an older generation: what had been issued when they were sent. */
  late: Record<string, { family: string; generation: number }>;
  evidence: {
    /** By family: how the newest generation came to an isolate. */
    issued: Record<string, Event>;
    /** By load: how it came to be late. */
    late: Record<string, Event[]>;
    /** By jar: its last change. */
    changed: Record<string, Event>;
    /** By family: how that generation came into the store. */
    stored: Record<string, Event>;
    /** By jar: how it came to be behind. */
    behind: Record<string, Event[]>;
  };
  because: string[] | null;
}

/**
 * No jar goes back to an older generation of its family; and no jar is left on an older one when the run ends, although
 * the newer one could be had.
 *
 * It could be had if a load was sent after an isolate had been issued the newer generation, with an access token that
 * was already dead, and was answered signed-in: only the newer generation can have paid for that answer, and the target
 * did not hand it over. A jar whose access token still lives owes nobody a refresh, an answer that was lost or
 * unavailable hands over nothing, a sibling is not older, and an ended family has nothing newer.
 *
 * @example
 * ```ts
 * const state = generationMonotonic.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) generationMonotonic.on(state, event);
 * generationMonotonic.verdict(state); // null while it holds
 * ```
 */
export const generationMonotonic: Invariant<State> = {
  id: "generation-monotonic",
  holds: "no jar stays on an older generation once the newer one can be had, and no stored generation goes back",
  classes: ["B"],
  init: (context) => ({
    lifetime: context.accessTokenLifetime,
    issued: {},
    ended: {},
    jars: {},
    stored: {},
    late: {},
    evidence: { issued: {}, late: {}, changed: {}, stored: {}, behind: {} },
    because: null,
  }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "jar-changed":
        onJarChanged(state, event);
        return;
      case "token-stored":
        onStored(state, event);
        return;
      case "token-redeemed":
        onRedeemed(state, event);
        return;
      case "token-answered":
        onTokenAnswered(state, event);
        return;
      case "load-sent":
        onLoadSent(state, event);
        return;
      case "load-answered":
        if (event.answer === "signed-in") onSignedIn(state, event);
        forgetLoad(state, event.load);
        return;
      case "load-lost":
        forgetLoad(state, event.load);
        return;
      case "session-ended":
        forgetFamily(state, event.family);
        return;
      case "run-ended":
        onRunEnded(state, event);
        return;
    }
  },
  key: (state) =>
    state.because !== null
      ? BROKEN
      : [
          sortedEntries(state.issued),
          Object.keys(state.ended).sort(),
          sortedEntries(state.jars),
          sortedEntries(state.stored),
          sortedEntries(state.late),
        ],
  verdict: (state) => state.because,
};

function onJarChanged(state: State, event: EventOf<"jar-changed">): void {
  const { jar, before, after } = event;
  if (before !== null && after !== null && before.family === after.family && after.generation < before.generation) {
    const last = state.evidence.changed[jar];
    state.because = sentences(last, event);
    return;
  }
  const known = state.jars[jar];
  delete state.jars[jar];
  if (after === null || state.ended[after.family] === true) {
    delete state.evidence.behind[jar];
  } else {
    const stillBehind = known?.family === after.family && known.behind !== null && known.behind > after.generation;
    state.jars[jar] = {
      token: credentialLabel(after),
      family: after.family,
      generation: after.generation,
      since: event.at,
      behind: stillBehind ? known.behind : null,
    };
    if (!stillBehind) delete state.evidence.behind[jar];
  }
  state.evidence.changed[jar] = event;
}

/** Only of what is kept for a session: a note of some other purpose may well be about an older token. */
function onStored(state: State, event: EventOf<"token-stored">): void {
  const { family, generation } = event.token;
  if (event.record !== SESSION_RECORD || state.ended[family] === true) return;
  const known = state.stored[family];
  if (known !== undefined && generation < known) {
    const before = state.evidence.stored[family];
    state.because = [...sentences(before), `${sentence(event)}, which is older`];
  } else if (known === undefined || generation > known) {
    state.stored[family] = generation;
    state.evidence.stored[family] = event;
  }
}

/** A replay may issue a new access token with a refresh token that a jar holds already. */
function onRedeemed(state: State, event: EventOf<"token-redeemed">): void {
  if (event.successor === null) return;
  const successor = credentialLabel(event.successor);
  for (const jar of Object.values(state.jars)) {
    if (jar.token === successor) jar.since = event.at;
  }
}

function onTokenAnswered(state: State, event: EventOf<"token-answered">): void {
  if (event.answer.kind !== "issued") return;
  const { family, generation } = event.answer.successor;
  if (state.ended[family] === true || generation <= (state.issued[family] ?? -1)) return;
  state.issued[family] = generation;
  state.evidence.issued[family] = event;
}

function onLoadSent(state: State, event: EventOf<"load-sent">): void {
  const { held, load } = event;
  const jar = state.jars[event.jar];
  if (held === null || jar === undefined || jar.token !== credentialLabel(held)) return;
  const newest = state.issued[held.family];
  if (newest === undefined || newest <= held.generation || event.at < jar.since + state.lifetime) return;
  state.late[load] = { family: held.family, generation: newest };
  const issued = state.evidence.issued[held.family];
  state.evidence.late[load] = issued === undefined ? [event] : [issued, event];
}

function onSignedIn(state: State, event: EventOf<"load-answered">): void {
  const late = state.late[event.load];
  const jar = state.jars[event.jar];
  if (late === undefined || jar === undefined || jar.family !== late.family) return;
  if (late.generation <= Math.max(jar.generation, jar.behind ?? -1)) return;
  jar.behind = late.generation;
  state.evidence.behind[event.jar] = [...(state.evidence.late[event.load] ?? []), event];
}

function onRunEnded(state: State, event: EventOf<"run-ended">): void {
  for (const [name, jar] of Object.entries(state.jars).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (jar.behind === null) continue;
    const led = sentences(...(state.evidence.behind[name] ?? []));
    state.because = [...led, `${sentence(event)} with ${name} still on ${jar.token}`];
    return;
  }
}

function forgetLoad(state: State, load: string): void {
  delete state.late[load];
  delete state.evidence.late[load];
}

function forgetFamily(state: State, family: string): void {
  state.ended[family] = true;
  delete state.issued[family];
  delete state.evidence.issued[family];
  delete state.stored[family];
  delete state.evidence.stored[family];
  for (const [name, jar] of Object.entries(state.jars)) {
    if (jar.family !== family) continue;
    delete state.jars[name];
    delete state.evidence.behind[name];
  }
  for (const [load, late] of Object.entries(state.late)) {
    if (late.family === family) forgetLoad(state, load);
  }
}
