import type { Invariant } from "../model/invariant.ts";
import { BROKEN } from "./canonical.ts";
import { type Broken, brokenBy, completeLogout, endsLegitimately, logoutIn, stolenSession, supplanted, type Thieves } from "./logout.ts";
import { faultBehind, newStory, note, rejectionBehind, type Story } from "./story.ts";

interface State {
  /** Sessions that may be answered signed-out. */
  ended: Record<string, true>;
  thieves: Thieves;
  story: Story;
  broken: Broken | null;
}

/**
 * A session that no user, admin, expiry or thief ended is never answered signed-out and never loses its cookie.
 * An end that the issuer put down to reuse does not excuse it: that is the five-minute logout itself.
 *
 * @example
 * ```ts
 * const state = noSpuriousLogout.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) noSpuriousLogout.on(state, event);
 * noSpuriousLogout.verdict(state); // null while it holds
 * ```
 */
export const noSpuriousLogout: Invariant<State> = {
  id: "no-spurious-logout",
  holds: "a session that no user, admin, expiry or thief ended is never answered signed-out and never loses its cookie",
  classes: ["A"],
  init: () => ({ ended: {}, thieves: {}, story: newStory(), broken: null }),
  on(state, event) {
    if (state.broken !== null) {
      completeLogout(state.broken, event);
      return;
    }
    note(state.story, event);
    if (event.type === "session-ended" && endsLegitimately(event)) state.ended[event.session] = true;
    // Whoever asks for it may be signed out from then on, whether the issuer knows of it yet or not.
    if (event.type === "logout-sent" && event.held !== null) state.ended[event.held.session] = true;
    const stolen = stolenSession(state.thieves, event);
    if (stolen !== null) state.ended[stolen] = true;
    const logout = logoutIn(event) ?? supplanted(event, state.ended);
    if (logout !== null && state.ended[logout.credential.session] === undefined) {
      const stake = { session: logout.credential.session, isolate: logout.isolate, load: logout.load };
      const rejection = rejectionBehind(state.story, stake);
      state.broken = brokenBy(event, logout, rejection.length > 0 ? rejection : faultBehind(state.story, stake));
    }
  },
  key: (state) => (state.broken === null ? [state.ended, state.thieves].map((names) => Object.keys(names).sort()) : BROKEN),
  verdict: (state) => state.broken?.because ?? null,
};
