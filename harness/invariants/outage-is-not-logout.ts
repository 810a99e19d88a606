import type { EventOf } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";
import { type Broken, brokenBy, completeLogout, endsLegitimately, logoutIn, stolenSession, type Thieves } from "./logout.ts";
import { faultBehind, newStory, note, type Story } from "./story.ts";

/** What an isolate last heard about a session since its last success there: no verdict, or a verdict on this generation. */
interface Heard {
  session: string;
  verdict: "fault" | "rejected";
  generation: number;
}

interface State {
  /** Sessions that may be answered signed-out. */
  ended: Record<string, true>;
  thieves: Thieves;
  /** By isolate and session, see {@link place}. Absent: nothing heard since its last success. */
  heard: Record<string, Heard>;
  story: Story;
  broken: Broken | null;
}

/**
 * No infrastructure fault is ever answered signed-out: no signed-out answer and no lost cookie from an isolate that has
 * met a fault with this session's tokens since its last success with them, and no rejection.
 * A rejection of an older generation than the one that met the fault is no verdict on it, and does not count.
 *
 * @example
 * ```ts
 * const state = outageIsNotLogout.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) outageIsNotLogout.on(state, event);
 * outageIsNotLogout.verdict(state); // null while it holds
 * ```
 */
export const outageIsNotLogout: Invariant<State> = {
  id: "outage-is-not-logout",
  holds: "no infrastructure fault is ever answered signed-out",
  classes: ["G"],
  init: () => ({ ended: {}, thieves: {}, heard: {}, story: newStory(), broken: null }),
  on(state, event) {
    if (state.broken !== null) {
      completeLogout(state.broken, event);
      return;
    }
    note(state.story, event);
    if (event.type === "token-answered") hear(state, event);
    if (event.type === "session-ended" && endsLegitimately(event)) end(state, event.session);
    // Whoever asks for it may be signed out from then on, whether the issuer knows of it yet or not.
    if (event.type === "logout-sent" && event.held !== null) end(state, event.held.session);
    const stolen = stolenSession(state.thieves, event);
    if (stolen !== null) end(state, stolen);
    const logout = logoutIn(event);
    if (logout !== null) {
      const { isolate, load } = logout;
      const { session } = logout.credential;
      if (isolate !== null && state.heard[place(isolate, session)]?.verdict === "fault") {
        state.broken = brokenBy(event, logout, faultBehind(state.story, { session, isolate, load }));
      }
    }
  },
  key: (state) =>
    state.broken === null
      ? [...[state.ended, state.thieves].map((names) => Object.keys(names).sort()), sortedEntries(state.heard)]
      : BROKEN,
  verdict: (state) => state.broken?.because ?? null,
};

/** Whoever is answered signed-out from now on was signed out for another reason than a fault. */
function end(state: State, session: string): void {
  state.ended[session] = true;
  for (const [at, heard] of Object.entries(state.heard)) {
    if (heard.session === session) delete state.heard[at];
  }
}

function hear(state: State, event: EventOf<"token-answered">): void {
  const { session, generation } = event.token;
  if (state.ended[session] === true) return;
  const at = place(event.isolate, session);
  const before = state.heard[at];
  if (event.answer.kind === "issued") delete state.heard[at];
  else if (event.answer.kind === "rejected") state.heard[at] = { session, verdict: "rejected", generation };
  else if (before?.verdict !== "rejected" || before.generation < generation) state.heard[at] = { session, verdict: "fault", generation };
}

function place(isolate: string, session: string): string {
  return `${isolate} ${session}`;
}
