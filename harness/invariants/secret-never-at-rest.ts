import type { Invariant } from "../model/invariant.ts";
import { sentence } from "./because.ts";
import { BROKEN } from "./canonical.ts";

interface State {
  because: string[] | null;
}

/**
 * Nothing that is stored holds a secret in clear. What is a secret, the lane knows: it has seen it drawn, minted or answered.
 *
 * @example
 * ```ts
 * const state = secretNeverAtRest.init({ accessTokenLifetime: 300_000, skew: 30_000 });
 * for (const event of events) secretNeverAtRest.on(state, event);
 * secretNeverAtRest.verdict(state); // null while it holds
 * ```
 */
export const secretNeverAtRest: Invariant<State> = {
  id: "secret-never-at-rest",
  holds: "no refresh token, API key secret or seal key stands in clear in what is stored",
  classes: [],
  init: () => ({ because: null }),
  on(state, event) {
    if (state.because === null && event.type === "committed" && event.exposed.length > 0) state.because = [sentence(event)];
  },
  key: (state) => (state.because === null ? "sealed" : BROKEN),
  verdict: (state) => state.because,
};
