import type { Event } from "../model/event.ts";
import { sortedEntries } from "./canonical.ts";

interface State {
  /** The issuer answers a replay of a spent token, for a while, with something that works. */
  readonly replays: boolean;
  /** By family: the newest generation that reached an isolate. */
  issued: Record<string, number>;
  /** By family: the newest generation whose every copy a fault destroyed before an isolate had it. */
  lost: Record<string, number>;
}

/**
 * Tells a limit of the issuer from a bug of the client: a declared fault destroyed the
 * only copy of a family's newest generation, and the issuer has no call that returns it. Signing in again is then all
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
  /** @param replays whether the profile answers a replay of a spent token, for a while, with something that works */
  init: (replays: boolean): State => ({ replays, issued: {}, lost: {} }),

  on(state: State, event: Event): void {
    if (event.type !== "token-answered") return;
    const { answer } = event;
    if (answer.kind === "issued") {
      const { family, generation } = answer.successor;
      state.issued[family] = Math.max(generation, state.issued[family] ?? 0);
    }
    if (answer.kind === "fault" && answer.lost !== undefined) {
      const { family, generation } = answer.lost;
      state.lost[family] = Math.max(generation, state.lost[family] ?? 0);
    }
  },

  /** Whether the live generation of this family is beyond the reach of any client. */
  has(state: State, family: string): boolean {
    const lost = state.lost[family];
    return !state.replays && lost !== undefined && lost > (state.issued[family] ?? 0);
  },

  /** For the key of a search state. */
  key: (state: State): unknown => [sortedEntries(state.issued), sortedEntries(state.lost)],
};
