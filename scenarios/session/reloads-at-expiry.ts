import type { Scenario } from "../../harness/model/scenario.ts";

/** How long after the access token's end the loads begin, in milliseconds: beyond every skew. */
const PAST_EXPIRY = 1_000;
/** More than any budget of faults that a cell is given. */
const MOST_RELOADS = 6;

/**
 * The loads of `page-loads-at-expiry` by somebody who does not give up: a page that did not come, or that said "later", is loaded
 * again at once. So there is always somebody left to ask inside of the issuer's grace, and a client that does not is at fault.
 */
export const reloadsAtExpiry: Scenario<"two loads in flight at once" | "everybody still works two lifetimes later"> = {
  name: "reloads-at-expiry",
  describe: "two users; many pages of one load at once when her access token has expired; what does not come is loaded again",
  defaults: { loads: 4, isolates: 1, page: "request" },
  invariants: ["no-spurious-logout", "generation-monotonic", "outage-is-not-logout", "no-cross-talk", "ended-is-ended"],
  mustReach: ["two loads in flight at once", "everybody still works two lifetimes later"],

  async play({ browsers, parameters, accessTokenLifetime, now, until, withFaults, reach, loadsInFlight }) {
    const [racer, other] = browsers;
    if (racer === undefined || other === undefined) throw new Error("reloads-at-expiry needs two seeded users");
    await racer.signIn();
    await other.signIn();

    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await withFaults(async () => {
      const insist = async (): Promise<void> => {
        for (let tries = 0; tries < MOST_RELOADS; tries++) {
          const answer = await racer.load();
          if (answer !== null && answer !== "unavailable" && answer !== "stale") return;
        }
      };
      const loads = Array.from({ length: parameters.loads }, insist);
      if (loadsInFlight() >= 2) reach("two loads in flight at once");
      await Promise.all(loads);
    });

    const raceEnded = now();
    for (const lifetimes of [1, 2]) {
      await until(raceEnded + lifetimes * (accessTokenLifetime + PAST_EXPIRY));
      const answers = [];
      for (const browser of browsers) answers.push(await browser.load());
      if (lifetimes === 2 && answers.every((answer) => answer === "signed-in")) reach("everybody still works two lifetimes later");
    }
  },
};
