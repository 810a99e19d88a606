import type { Credential } from "../model/credential.ts";
import type { Event } from "../model/event.ts";
import { sortedEntries, unordered } from "./canonical.ts";

interface State {
  /** The issuer answers a replay of a spent token, for a while, with something that works. */
  readonly replays: boolean;
  /** Milliseconds since the first redemption for which it does. */
  readonly grace: number;
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
}

/**
 * Tells a limit of the issuer from a bug of the client: a declared fault destroyed the only copy of a family's newest
 * generation, on the wire or in the heap of the only isolate that had it, and the issuer has no call that returns it.
 * Signing in again is then all
 * that is left, whatever the client does.
 *
 * @example
 * ```ts
 * const state = cannotBeHad.init(false);
 * for (const event of events) cannotBeHad.on(state, event);
 * cannotBeHad.has(state, "F1"); // true when what F1 needs is gone
 * ```
 */
export const cannotBeHad = {
  /**
   * @param replays whether the profile answers a replay of a spent token, for a while, with something that works
   * @param grace milliseconds that this while lasts since the first redemption
   */
  init: (replays: boolean, grace = Number.POSITIVE_INFINITY): State => ({
    replays,
    grace,
    now: 0,
    redeemed: {},
    asked: {},
    issued: {},
    only: {},
    lost: {},
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
    if (event.type === "isolate-killed") kill(state, event.isolate);
    if (event.type !== "token-answered") return;
    const { answer } = event;
    if (answer.kind === "issued") {
      const { family, generation } = answer.successor;
      const known = state.issued[family] ?? 0;
      if (generation > known) state.only[family] = [event.isolate];
      else if (generation === known && state.only[family]?.length) state.only[family].push(event.isolate);
      state.issued[family] = Math.max(generation, known);
    }
    if (answer.kind === "fault" && answer.lost !== undefined) {
      const { family, generation } = answer.lost;
      state.lost[family] = Math.max(generation, state.lost[family] ?? 0);
    }
  },

  /** Whether the live generation of this family is beyond the reach of any client. */
  has(state: State, family: string): boolean {
    if (!isLost(state, family)) return false;
    // Where the issuer replays, nobody may have been there to ask until it was too late: then it is gone all the same.
    return !state.replays || (state.now >= graceEnd(state, family) && state.asked[family] === undefined);
  },

  /** For the key of a search state. */
  key: (state: State): unknown => [
    sortedEntries(state.issued),
    sortedEntries(state.only, unordered),
    sortedEntries(state.lost),
    state.replays ? [sortedEntries(state.redeemed), sortedEntries(state.asked)] : null,
  ],
};

/** Whether no isolate, store or jar has the newest generation. */
function isLost(state: State, family: string): boolean {
  const lost = state.lost[family];
  return lost !== undefined && lost > (state.issued[family] ?? 0);
}

function graceEnd(state: State, family: string): number {
  return (state.redeemed[family] ?? Number.POSITIVE_INFINITY) + state.grace;
}

/** A store or a jar has it: no isolate's death can destroy it any more. */
function keep(state: State, { family, generation }: Credential): void {
  if (generation >= (state.issued[family] ?? 0)) state.only[family] = [];
}

/** The only isolate that had been issued a generation died with it. */
function kill(state: State, isolate: string): void {
  for (const [family, holders] of Object.entries(state.only)) {
    if (!holders.includes(isolate)) continue;
    state.only[family] = holders.filter((holder) => holder !== isolate);
    if (state.only[family].length > 0) continue;
    const generation = state.issued[family] ?? 0;
    state.lost[family] = Math.max(generation, state.lost[family] ?? 0);
    // Its parent is the newest that anybody has; the loss of a newer one stands above it.
    state.issued[family] = generation - 1;
  }
}
