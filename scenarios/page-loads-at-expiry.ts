import { raceAtExpiry } from "./race-at-expiry.ts";

/** The five-minute logout: every page is loaded once, and what does not come is left at that. */
export const pageLoadsAtExpiry = raceAtExpiry({
  name: "page-loads-at-expiry",
  describe: "two users; the access token of one has just expired when her pages load at once; then two lifetimes more",
  loads: 8,
  loadsAreAlike: true,
  load: (racer) => racer.load(),
});
