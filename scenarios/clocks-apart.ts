import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, STILL_WORKS, signBothIn } from "./two-people.ts";

/** Milliseconds between two pages: one before an access token's end, and several in the first minute beyond it. */
const PAUSE = 20_000;

type Mark = typeof REDEMPTION | "pages came all through the end of an access token" | typeof STILL_WORKS;

/** @param issuerAhead milliseconds */
function clocksApart(name: string, describe: string, issuerAhead: number): Scenario<Mark> {
  return {
    name,
    describe,
    issuerAhead,
    defaults: { loads: 2, isolates: 1, page: "request" },
    invariants: OF_EVERYONE,
    mustReach: [REDEMPTION, "pages came all through the end of an access token", STILL_WORKS],

    async play(stage) {
      const { accessTokenLifetime, now, until, withFaults, reach } = stage;
      const [ada] = await signBothIn(stage);
      const began = now();
      const end = began + accessTokenLifetime;
      await until(end - PAUSE);
      await withFaults(async () => {
        for (let moment = now(); moment <= end + 3 * PAUSE; moment += PAUSE) {
          await until(moment);
          await ada.load();
        }
      });
      reach("pages came all through the end of an access token");
      if (await goOn(stage)) reach(STILL_WORKS);
    },
  };
}

/** A token looks as if it lived a minute longer than it does. */
export const clockBehindIssuer = clocksApart(
  "clock-behind-issuer",
  "the app's clock is a minute behind the issuer's: tokens are over before it thinks so",
  60_000,
);

/** A token looks as if it were over a minute before it is. */
export const clockAheadOfIssuer = clocksApart(
  "clock-ahead-of-issuer",
  "the app's clock is a minute ahead of the issuer's: tokens look older than they are",
  -60_000,
);
