import { raceAtExpiry } from "./race-at-expiry.ts";

/** More than any budget of faults that a cell is given. */
const MOST_RELOADS = 6;

/**
 * The loads of `page-loads-at-expiry` by somebody who does not give up: a page that did not come, or that said "later", is loaded
 * again at once. So there is always somebody left to ask inside of the issuer's grace, and a client that does not is at fault.
 */
export const reloadsAtExpiry = raceAtExpiry({
  name: "reloads-at-expiry",
  describe: "two users; many pages of one load at once when her access token has expired; what does not come is loaded again",
  loads: 4,
  async load(racer) {
    for (let tries = 0; tries < MOST_RELOADS; tries++) {
      const answer = await racer.load();
      if (answer !== null && answer !== "unavailable" && answer !== "stale") return;
    }
  },
});
