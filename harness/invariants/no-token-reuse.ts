import { credentialLabel } from "../model/credential.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN, sortedEntries, unordered } from "./canonical.ts";
import { type Knowledge, learn } from "./knowledge.ts";
import { newStory, note, type Story, settlementOf } from "./story.ts";

interface State {
  /** By label. */
  settled: Knowledge;
  story: Story;
  because: string[] | null;
}

/**
 * The target never presents a token again once its success or rejection has reached any isolate that lives, or the store.
 * Two presentations in flight at once are not reuse in this sense (nobody knows yet), and a fault settles nothing. Neither does
 * an issuer that keeps the token: it is there to be presented again.
 *
 * @example
 * ```ts
 * const state = noTokenReuse.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) noTokenReuse.on(state, event);
 * noTokenReuse.verdict(state); // null while it holds
 * ```
 */
export const noTokenReuse: Invariant<State> = {
  id: "no-token-reuse",
  holds: "the target never presents a generation whose success or rejection any live actor or store holds",
  classes: ["D"],
  init: () => ({ settled: {}, story: newStory(), because: null }),
  on(state, event) {
    if (state.because !== null) return;
    note(state.story, event);
    learn(state.settled, event, credentialLabel);
    if (event.type === "token-presented") {
      const label = credentialLabel(event.token);
      if (state.settled[label] !== undefined) state.because = [...settlementOf(state.story, label), sentence(event, true)];
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.settled, unordered) : BROKEN),
  verdict: (state) => state.because,
};
