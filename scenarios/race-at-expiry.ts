import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { type BrowserActions, REDEMPTION, type Scenario } from "../harness/model/scenario.ts";

/** How long after the access token's end the loads begin, in milliseconds: beyond every skew. */
const PAST_EXPIRY = 1_000;

type Mark = typeof REDEMPTION | "two loads in flight at once" | "everybody still works two lifetimes later";

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
 * everybody goes on for two access-token lifetimes, because a lost sibling surfaces one lifetime late.
 */
export function raceAtExpiry({ name, describe, loads, load, ...alike }: Race): Scenario<Mark> {
  return {
    name,
    describe,
    ...alike,
    defaults: { loads, isolates: 1, page: "request" },
    invariants: OF_EVERYONE,
    mustReach: [REDEMPTION, "two loads in flight at once", "everybody still works two lifetimes later"],

    async play({ browsers, parameters, accessTokenLifetime, now, until, withFaults, anyIsolate, reach, loadsInFlight }) {
      const [racer, other] = browsers;
      await racer.signIn();
      await other.signIn();

      await until(now() + accessTokenLifetime + PAST_EXPIRY);
      await withFaults(async () => {
        const racing = Array.from({ length: parameters.loads }, () => load(racer));
        if (loadsInFlight() >= 2) reach("two loads in flight at once");
        await Promise.all(racing);
      });

      const raceEnded = now();
      for (const lifetimes of [1, 2]) {
        await until(raceEnded + lifetimes * (accessTokenLifetime + PAST_EXPIRY));
        const answers = [];
        for (const browser of browsers) answers.push(await anyIsolate(() => browser.load()));
        if (lifetimes === 2 && answers.every((answer) => answer === "signed-in")) reach("everybody still works two lifetimes later");
      }
    },
  };
}
