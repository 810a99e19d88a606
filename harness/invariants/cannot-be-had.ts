import type { Credential } from "../model/credential.ts";
import type { Event, EventOf } from "../model/event.ts";
import { sortedEntries, unordered } from "./canonical.ts";

/** A presentation whose answer has not come. */
interface Flight {
  readonly family: string;
  readonly generation: number;
  readonly isolate: string;
  readonly load: string | null;
}

interface State {
  /** Milliseconds since the first redemption for which a replay is answered with something that works; null where it never is. */
  readonly grace: number | null;
  /** Virtual time. */
  now: number;
  /** By family: when the parent of the newest generation was first redeemed. */
  redeemed: Record<string, number>;
  /** Families of which an answer came, since the loss, to a load that was sent while a replay would still have helped. */
  asked: Record<string, true>;
  /** By family: the newest generation that reached an isolate. */
  issued: Record<string, number>;
  /** By family: the isolates that hold that generation and nobody else does; empty once a store or a jar does. */
  only: Record<string, string[]>;
  /** By family: the newest generation whose every copy a fault destroyed before an isolate had it. */
  lost: Record<string, number>;
  /** Presentations on their way. */
  flights: Flight[];
  /** Presentations whose sender died before their answer, and which nobody else was making then. */
  orphans: Flight[];
  /** The families that the issuer has ended for reuse in this step. */
  reused: { step: number; families: string[] };
  /** The step in which the issuer last had a copy that the wire made of a presentation which nobody else was making. */
  repeated: number | null;
  /** Families that have ended: what is lost of them afterwards was of no use to anybody. */
  ended: Record<string, true>;
  /** Families that it ended because an orphan or a copy came to it. */
  doomed: Record<string, true>;
}

/**
 * Tells a limit of the issuer from a bug of the client. Signing in again is all that is left, whatever the client does, when
 *
 * - a declared fault destroyed the only copy of a family's newest generation, on the wire or in the heap of the only isolate that
 *   had it, and the issuer has no call that returns it;
 * - the wire delivered a presentation once more which nobody else was making, and the issuer took that copy for reuse;
 * - an isolate was killed while the request with its refresh token was on the wire, nobody else was presenting that generation, and
 *   the issuer took that very request, when it came, for reuse. Nobody can call it back or wait for its answer. Whoever presents
 *   the token before it comes has it revoked when it comes; whoever does not, finds it spent and its successor lost.
 *
 * @example
 * ```ts
 * const state = cannotBeHad.init(null);
 * for (const event of events) cannotBeHad.on(state, event);
 * cannotBeHad.has(state, "F1"); // true when what F1 needs is gone
 * ```
 */
export const cannotBeHad = {
  /** @param grace milliseconds since the first redemption for which a replay is answered with what works; null where it never is */
  init: (grace: number | null): State => ({
    grace,
    now: 0,
    redeemed: {},
    asked: {},
    issued: {},
    only: {},
    lost: {},
    flights: [],
    orphans: [],
    reused: { step: 0, families: [] },
    repeated: null,
    ended: {},
    doomed: {},
  }),

  on(state: State, event: Event): void {
    state.now = event.at;
    if (event.type === "token-redeemed" && event.outcome === "rotated") {
      state.redeemed[event.token.family] = event.at;
      delete state.asked[event.token.family];
    }
    if (event.type === "load-answered" && event.held !== null && event.sentAt < graceEnd(state, event.held.family)) {
      if (isLost(state, event.held.family)) state.asked[event.held.family] = true;
    }
    if (event.type === "token-stored") keep(state, event.token);
    if (event.type === "jar-changed" && event.after !== null) keep(state, event.after);
    if (event.type === "token-presented") state.flights.push(flightOf(event));
    if (event.type === "token-repeated" && !isRivalled(state, flightOf(event))) state.repeated = event.step;
    if (event.type === "session-ended") state.ended[event.family] = true;
    if (event.type === "session-ended" && event.cause === "reuse") noteReuse(state, event);
    if (event.type === "isolate-dropped") drop(state, event.isolate);
    if (event.type === "isolate-killed") {
      orphan(state, event.isolate);
      kill(state, event.isolate);
    }
    if (event.type === "answer-discarded" && event.lost !== null) lose(state, event.lost);
    if (event.type !== "token-answered") return;
    const { answer } = event;
    settle(state, event);
    if (answer.kind === "issued") {
      const { family, generation } = answer.successor;
      const known = state.issued[family] ?? 0;
      if (generation > known) state.only[family] = [event.isolate];
      else if (generation === known && state.only[family]?.length) state.only[family].push(event.isolate);
      state.issued[family] = Math.max(generation, known);
    }
    if (answer.kind === "fault" && answer.lost !== undefined) lose(state, answer.lost);
  },

  /** Whether the live generation of this family is beyond the reach of any client. */
  has(state: State, family: string): boolean {
    if (state.doomed[family] === true) return true;
    if (!isLost(state, family)) return false;
    // Where the issuer replays, nobody may have been there to ask until it was too late: then it is gone all the same.
    return state.grace === null || (state.now >= graceEnd(state, family) && state.asked[family] === undefined);
  },

  /** For the key of a search state. */
  key: (state: State): unknown => [
    sortedEntries(state.issued),
    sortedEntries(state.only, unordered),
    sortedEntries(state.lost),
    state.grace === null ? null : [sortedEntries(state.redeemed), sortedEntries(state.asked)],
    [state.flights, state.orphans].map((flights) => unordered(flights.map((flight) => JSON.stringify(flight)))),
    Object.keys(state.ended).sort(),
    Object.keys(state.doomed).sort(),
  ],
};

/** Whether no isolate, store or jar has the newest generation. */
function isLost(state: State, family: string): boolean {
  const lost = state.lost[family];
  return lost !== undefined && lost > (state.issued[family] ?? 0);
}

function graceEnd(state: State, family: string): number {
  return (state.redeemed[family] ?? Number.POSITIVE_INFINITY) + (state.grace ?? 0);
}

/** A fault took a copy of this generation on its way. */
function lose(state: State, { family, generation }: Credential): void {
  if (state.ended[family] === true) return;
  state.lost[family] = Math.max(generation, state.lost[family] ?? 0);
}

function flightOf({ token, isolate, load }: EventOf<"token-presented" | "token-repeated" | "token-answered">): Flight {
  return { family: token.family, generation: token.generation, isolate, load };
}

/** The sender of a presentation dies. Where somebody else presents that token too, or has spent it, the client did wrong; else it is an orphan. */
function orphan(state: State, isolate: string): void {
  const left = state.flights.filter((flight) => flight.isolate === isolate);
  const isSpent = ({ family, generation }: Flight) => (state.issued[family] ?? 0) > generation;
  // Its own other loads are rivals, too.
  state.orphans.push(...left.filter((flight) => !isRivalled(state, flight) && !isSpent(flight)));
  state.flights = state.flights.filter((flight) => flight.isolate !== isolate);
}

/** The answer to an orphan finds nobody, so it is told in the step in which the issuer has dealt with the request. */
function settle(state: State, event: EventOf<"token-answered">): void {
  const flight = flightOf(event);
  const orphaned = state.orphans.findIndex((other) => isSamePresentation(other, flight));
  if (orphaned >= 0) {
    state.orphans.splice(orphaned, 1);
    if (state.reused.step === event.step) for (const family of state.reused.families) state.doomed[family] = true;
    return;
  }
  const index = state.flights.findIndex((other) => isSamePresentation(other, flight));
  if (index >= 0) state.flights.splice(index, 1);
}

function noteReuse(state: State, { step, family }: EventOf<"session-ended">): void {
  if (state.repeated === step) state.doomed[family] = true;
  if (state.reused.step !== step) state.reused = { step, families: [] };
  state.reused.families.push(family);
}

/** Whether somebody else is presenting this token: then it is the client that uses it twice. */
function isRivalled(state: State, flight: Flight): boolean {
  return state.flights.some((other) => isSameToken(other, flight) && !isSamePresentation(other, flight));
}

function isSameToken(one: Flight, other: Flight): boolean {
  return one.family === other.family && one.generation === other.generation;
}

function isSamePresentation(one: Flight, other: Flight): boolean {
  return isSameToken(one, other) && one.isolate === other.isolate && one.load === other.load;
}

/** A store or a jar has it: no isolate's death can destroy it any more. */
function keep(state: State, { family, generation }: Credential): void {
  if (generation >= (state.issued[family] ?? 0)) state.only[family] = [];
}

/** Who serves nobody had time to keep what it was issued: that it is dropped excuses nothing. */
function drop(state: State, isolate: string): void {
  for (const [family, holders] of Object.entries(state.only)) state.only[family] = holders.filter((holder) => holder !== isolate);
}

/** The only isolate that had been issued a generation died with it. */
function kill(state: State, isolate: string): void {
  for (const [family, holders] of Object.entries(state.only)) {
    if (!holders.includes(isolate) || state.ended[family] === true) continue;
    state.only[family] = holders.filter((holder) => holder !== isolate);
    if (state.only[family].length > 0) continue;
    const generation = state.issued[family] ?? 0;
    state.lost[family] = Math.max(generation, state.lost[family] ?? 0);
    // Its parent is the newest that anybody has; the loss of a newer one stands above it.
    state.issued[family] = generation - 1;
  }
}
