import { type Credential, credentialLabel } from "../model/credential.ts";
import type { EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN, sortedEntries, unordered } from "./canonical.ts";
import { newStory, note, type Story, settlementOf } from "./story.ts";

interface State {
  /** Labels of the tokens whose success or rejection is known, and who knows: isolates by name, or {@link STORE}. */
  settled: Record<string, string[]>;
  story: Story;
  because: string[] | null;
}

/** The store knows: it has a successor. */
const STORE = "store";

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
    if (event.type === "token-answered" && isSettled(event)) know(state, credentialLabel(event.token), event.isolate);
    if (event.type === "token-stored") {
      for (const label of Object.keys(state.settled)) if (isParent(label, event.token)) know(state, label, STORE);
    }
    if (event.type === "isolate-killed" || event.type === "isolate-dropped") forget(state, event.isolate);
    if (event.type === "token-presented") {
      const label = credentialLabel(event.token);
      if (state.settled[label] !== undefined) state.because = [...settlementOf(state.story, label), sentence(event, true)];
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.settled, unordered) : BROKEN),
  verdict: (state) => state.because,
};

function isSettled({ token, answer }: EventOf<"token-answered">): boolean {
  if (answer.kind === "issued") return credentialLabel(answer.successor) !== credentialLabel(token);
  return answer.kind === "rejected";
}

function know(state: State, label: string, who: string): void {
  state.settled[label] = [...new Set([...(state.settled[label] ?? []), who])].sort();
}

/** What only a heap knew that is gone, nobody knows. */
function forget(state: State, isolate: string): void {
  for (const [label, knowing] of Object.entries(state.settled)) {
    const left = knowing.filter((who) => who !== isolate);
    if (left.length > 0) state.settled[label] = left;
    else delete state.settled[label];
  }
}

/** Whether a label, such as `RT F1.g0`, is that of an older generation of a token's family. */
function isParent(label: string, token: Credential): boolean {
  const [, family, generation] = /^RT (.+)\.g(\d+)/.exec(label) ?? [];
  return family === token.family && Number(generation) < token.generation;
}
