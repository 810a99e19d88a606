import { credentialLabel } from "../model/credential.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN } from "./canonical.ts";
import { newStory, note, type Story, settlementOf } from "./story.ts";

interface State {
  /** Labels of the tokens whose success or rejection reached an isolate. */
  settled: Record<string, true>;
  story: Story;
  because: string[] | null;
}

/**
 * The target never presents a token again once its success or rejection has reached any isolate.
 * Two presentations in flight at once are not reuse in this sense (nobody knows yet), and a fault settles nothing.
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
    if (event.type === "token-answered" && event.answer.kind !== "fault") state.settled[credentialLabel(event.token)] = true;
    if (event.type === "token-presented") {
      const label = credentialLabel(event.token);
      if (state.settled[label] === true) state.because = [...settlementOf(state.story, label), sentence(event, true)];
    }
  },
  key: (state) => (state.because === null ? Object.keys(state.settled).sort() : BROKEN),
  verdict: (state) => state.because,
};
