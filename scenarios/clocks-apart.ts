import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, STILL_WORKS, signBothIn } from "./two-people.ts";

/** Milliseconds between two pages: several in the last minute of an access token, and in the first beyond it. */
const PAUSE = 15_000;

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
      await until(end - 2 * PAUSE);
      await withFaults(async () => {
        for (let moment = now(); moment <= end + 4 * PAUSE; moment += PAUSE) {
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
