import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { type BrowserActions, REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

type Mark = typeof REDEMPTION | "two loads in flight at once" | typeof STILL_WORKS;

/** What tells one race from another: its name, how many load, and how a person loads a page. */
export interface Race {
  readonly name: string;
  readonly describe: string;
  readonly loads: number;
  /** See `Scenario.loadsAreAlike`. */
  readonly loadsAreAlike?: true;
  load(racer: BrowserActions): Promise<unknown>;
}

/**
 * Two people are signed in; the access token of one has just expired when many of her pages load at once. Afterwards
 * everybody goes on for two access-token lifetimes.
 */
export function raceAtExpiry({ name, describe, loads, load, ...alike }: Race): Scenario<Mark> {
  return {
    name,
    describe,
    ...alike,
    defaults: { loads, isolates: 1, page: "request" },
    invariants: OF_EVERYONE,
    mustReach: [REDEMPTION, "two loads in flight at once", STILL_WORKS],

    async play(stage) {
      const { parameters, accessTokenLifetime, now, until, withFaults, reach, loadsInFlight } = stage;
      const [racer] = await signBothIn(stage);
      await until(now() + accessTokenLifetime + PAST_EXPIRY);
      await withFaults(async () => {
        const racing = Array.from({ length: parameters.loads }, () => load(racer));
        if (loadsInFlight() >= 2) reach("two loads in flight at once");
        await Promise.all(racing);
      });
      if (await goOn(stage)) reach(STILL_WORKS);
    },
  };
}
