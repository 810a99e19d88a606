import type { EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface State {
  /** Nobody sees what is stored: then an answer that comes before it is stored cannot be told. */
  readonly storageIsHidden: boolean;
  /** By key: the first answer, and the sentence of it. */
  answers: Record<string, { readonly answer: string; readonly told: string }>;
  /** Keys whose answer is stored, and the sentence of the commit that stored it. */
  stored: Record<string, string>;
  /** Requests under way whose answer was stored before they were sent, with the sentences of both. */
  replays: Record<string, readonly string[]>;
  because: string[] | null;
}

/**
 * A key is answered once: every answer under it is the same, none is given before it is stored, and a request that comes when it is stored
 * changes nothing.
 *
 * @example
 * ```ts
 * const state = callbackIdempotent.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) callbackIdempotent.on(state, event);
 * callbackIdempotent.verdict(state); // null while it holds
 * ```
 */
export const callbackIdempotent: Invariant<State> = {
  id: "callback-idempotent",
  holds: "within the record's life, the same key gives the identical successful answer and changes nothing",
  classes: [],
  init: ({ storageIsHidden = false }) => ({ storageIsHidden, answers: {}, stored: {}, replays: {}, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "request-sent": {
        const told = event.key === null ? undefined : state.stored[event.key];
        if (told !== undefined) state.replays[event.request] = [told, sentence(event)];
        return;
      }
      case "committed":
        commit(state, event);
        return;
      case "request-answered":
        answer(state, event);
        return;
      case "request-failed":
        delete state.replays[event.request];
        return;
    }
  },
  key: (state) =>
    state.because === null
      ? [sortedEntries(state.answers, ({ answer }) => answer), Object.keys(state.stored).sort(), Object.keys(state.replays).sort()]
      : BROKEN,
  verdict: (state) => state.because,
};

function commit(state: State, event: EventOf<"committed">): void {
  const replay = event.request === null ? undefined : state.replays[event.request];
  if (replay !== undefined) {
    state.because = [...replay, sentence(event), `step ${event.step} · ${event.request} is a replay, and changes what is stored`];
    return;
  }
  const before = state.stored;
  const answered = event.stored.records.filter(({ isAnswered }) => isAnswered);
  state.stored = Object.fromEntries(answered.map(({ key }) => [key, before[key] ?? sentence(event)]));
}

function answer(state: State, event: EventOf<"request-answered">): void {
  delete state.replays[event.request];
  if (event.key === null) return;
  const first = state.answers[event.key];
  if (first === undefined) state.answers[event.key] = { answer: event.answer, told: sentence(event) };
  else if (first.answer !== event.answer)
    state.because = [first.told, sentence(event), `step ${event.step} · key ${event.key} has two answers`];
  if (state.because === null && !state.storageIsHidden && state.stored[event.key] === undefined) {
    state.because = [sentence(event), `step ${event.step} · no answer of key ${event.key} is stored`];
  }
}
