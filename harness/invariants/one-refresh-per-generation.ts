import { type Credential, credentialLabel } from "../model/credential.ts";
import type { EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN, sortedEntries, unordered } from "./canonical.ts";
import { type Knowledge, learn } from "./knowledge.ts";
import { newStory, note, type Story, settlementOf } from "./story.ts";

interface State {
  /** By generation: the isolates whose presentations are on their way, each as often as it has one. */
  flying: Record<string, string[]>;
  /** By generation. */
  settled: Knowledge;
  story: Story;
  evidence: {
    /** By generation: the presentation that began while none was on its way. */
    first: Record<string, EventOf<"token-presented">>;
    /** By generation: the label of the token whose answer settled it. */
    settledBy: Record<string, string>;
  };
  because: string[] | null;
}

/**
 * A generation is redeemed once: no isolate presents it, or a sibling of it, while another presentation of it is on its way, or after
 * its success or rejection has reached an isolate that lives, or the store.
 *
 * It is stricter than `no-token-reuse`, which forgives what nobody could know without asking the others; only strategies that declare
 * to coordinate promise it. A presentation that met a fault may be repeated, one whose isolate died is nobody's any more, and an
 * issuer that keeps the token settles nothing.
 *
 * @example
 * ```ts
 * const state = oneRefreshPerGeneration.init(context);
 * for (const event of events) oneRefreshPerGeneration.on(state, event);
 * oneRefreshPerGeneration.verdict(state); // null while it holds
 * ```
 */
export const oneRefreshPerGeneration: Invariant<State> = {
  id: "one-refresh-per-generation",
  holds: "no generation is redeemed a second time while the first redemption is on its way or after the target has its answer",
  classes: ["D"],
  init: () => ({ flying: {}, settled: {}, story: newStory(), evidence: { first: {}, settledBy: {} }, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    note(state.story, event);
    learn(state.settled, event, generationOf);
    if (event.type === "token-answered") {
      const name = generationOf(event.token);
      land(state, name, event.isolate);
      if (state.settled[name] !== undefined) state.evidence.settledBy[name] ??= credentialLabel(event.token);
    }
    if (event.type === "isolate-killed") for (const name of Object.keys(state.flying)) while (land(state, name, event.isolate));
    if (event.type === "token-presented") onPresented(state, event);
  },
  key: (state) => (state.because === null ? [sortedEntries(state.flying, unordered), sortedEntries(state.settled, unordered)] : BROKEN),
  verdict: (state) => state.because,
};

function onPresented(state: State, event: EventOf<"token-presented">): void {
  const name = generationOf(event.token);
  const first = state.evidence.first[name];
  if (state.settled[name] !== undefined) {
    state.because = [...settlementOf(state.story, state.evidence.settledBy[name] ?? name), sentence(event, true)];
  }
  if (first !== undefined) state.because ??= [sentence(first), sentence(event, true)];
  state.evidence.first[name] = first ?? event;
  state.flying[name] = [...(state.flying[name] ?? []), event.isolate].sort();
}

/** Takes one presentation of this isolate from those on their way; false when it has none. */
function land(state: State, name: string, isolate: string): boolean {
  const flying = state.flying[name] ?? [];
  const index = flying.indexOf(isolate);
  if (index < 0) return false;
  const left = flying.toSpliced(index, 1);
  if (left.length > 0) state.flying[name] = left;
  else {
    delete state.flying[name];
    delete state.evidence.first[name];
  }
  return true;
}

/** Siblings share a generation, which goes by the label of the first of them. */
function generationOf(token: Credential): string {
  return credentialLabel({ ...token, sibling: 0 });
}
