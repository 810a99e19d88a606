import { credentialLabel } from "../model/credential.ts";
import type { EventOf, HeldCookie } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface State {
  /** By jar: the labels of the tokens that its cookies hold, each once, when there are several. */
  several: Record<string, string[]>;
  evidence: {
    /** By jar: the change that made them several. */
    changed: Record<string, EventOf<"cookies-changed">>;
  };
  because: string[] | null;
}

/** What stands between the name of a cookie and the number of its chunk. */
const CHUNK = /[._-]\d+$/;

/**
 * Cookies that belong together are of one piece: the chunks of one value (`session.0`, `session.1`) and twins of one name never hold
 * different tokens, no jar ever holds tokens of two users, and when the run ends a jar holds one token and nothing of an older one.
 *
 * Between two answers a jar may hold two generations under different names: an answer that comes late must not remove what it has
 * not judged, and the next one clears up.
 *
 * @example
 * ```ts
 * const state = cookieCoherent.init(context);
 * for (const event of events) cookieCoherent.on(state, event);
 * cookieCoherent.verdict(state); // null while it holds
 * ```
 */
export const cookieCoherent: Invariant<State> = {
  id: "cookie-coherent",
  holds: "chunks and twins never mix generations or users, and nothing stale is left",
  classes: ["F"],
  init: () => ({ several: {}, evidence: { changed: {} }, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    if (event.type === "cookies-changed") onChanged(state, event);
    if (event.type === "run-ended") {
      const [jar, labels] = Object.entries(state.several).sort(([a], [b]) => (a < b ? -1 : 1))[0] ?? [];
      if (jar === undefined || labels === undefined) return;
      const changed = state.evidence.changed[jar];
      const left = `${sentence(event)} with ${labels.join(" and ")} in jar ${jar}`;
      state.because = [...sentences(changed), left];
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.several) : BROKEN),
  verdict: (state) => state.because,
};

function onChanged(state: State, event: EventOf<"cookies-changed">): void {
  const { jar, cookies } = event;
  const before = state.evidence.changed[jar];
  delete state.several[jar];
  delete state.evidence.changed[jar];
  if (isTorn(cookies) || users(cookies) > 1) {
    state.because = sentences(before, event);
    return;
  }
  const labels = labelsOf(cookies);
  // The evidence stays for as long as it is needed: a torn value is told from the change before it.
  state.evidence.changed[jar] = event;
  if (labels.length > 1) state.several[jar] = labels;
}

/** Whether chunks of one value, or twins of one name, hold different tokens. */
function isTorn(cookies: readonly HeldCookie[]): boolean {
  const groups = Map.groupBy(cookies, ({ name }) => name.replace(CHUNK, ""));
  return [...groups.values()].some((group) => labelsOf(group).length > 1);
}

function labelsOf(cookies: readonly HeldCookie[]): string[] {
  return [...new Set(cookies.map(({ holds }) => credentialLabel(holds)))].sort();
}

function users(cookies: readonly HeldCookie[]): number {
  return new Set(cookies.map(({ holds }) => holds.user)).size;
}
