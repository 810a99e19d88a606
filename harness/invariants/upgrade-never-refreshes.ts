import type { Event, EventOf, Purpose } from "../model/event.ts";
import type { Invariant } from "../model/invariant.ts";
import { sentence, sentences } from "./because.ts";
import { BROKEN, sortedEntries } from "./canonical.ts";

interface State {
  /** Upgrades and prefetches in flight. */
  bound: Record<string, Exclude<Purpose, "page" | "renewal">>;
  evidence: { sent: Record<string, EventOf<"load-sent">> };
  because: string[] | null;
}

/**
 * A request whose answer cannot carry a cookie, or may never be looked at, leaves the refresh token alone: an upgrade or a prefetch
 * presents none, and its answer sets and removes no cookie. What another load's flight brings about meanwhile is that load's affair.
 *
 * @example
 * ```ts
 * const state = upgradeNeverRefreshes.init(context);
 * for (const event of events) upgradeNeverRefreshes.on(state, event);
 * upgradeNeverRefreshes.verdict(state); // null while it holds
 * ```
 */
export const upgradeNeverRefreshes: Invariant<State> = {
  id: "upgrade-never-refreshes",
  holds: "an upgrade or prefetch never redeems a refresh token and never sets a cookie",
  classes: ["D"],
  init: () => ({ bound: {}, evidence: { sent: {} }, because: null }),
  on(state, event) {
    if (state.because !== null) return;
    switch (event.type) {
      case "load-sent":
        if (event.purpose === "page" || event.purpose === "renewal") return;
        state.bound[event.load] = event.purpose;
        state.evidence.sent[event.load] = event;
        return;
      case "token-presented":
        if (event.load !== null) judge(state, event.load, event);
        return;
      case "load-answered":
        if (event.setsCookie) judge(state, event.load, event, " with a cookie to set");
        forget(state, event.load);
        return;
      case "load-lost":
        forget(state, event.load);
        return;
    }
  },
  key: (state) => (state.because === null ? sortedEntries(state.bound) : BROKEN),
  verdict: (state) => state.because,
};

function judge(state: State, load: string, event: Event, how = ""): void {
  if (state.bound[load] === undefined) return;
  const sent = state.evidence.sent[load];
  state.because = [...sentences(sent), `${sentence(event)}${how}`];
}

function forget(state: State, load: string): void {
  delete state.bound[load];
  delete state.evidence.sent[load];
}
