import { organizations } from "../fixtures/organizations.ts";
import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

/** More than any budget of faults that a cell is given. */
const MOST_TRIES = 6;
/** As many as must not all be in vain once nothing fails any more: see `bounded-progress`. */
const PAGES_AFTER = 3;

type Mark = typeof REDEMPTION | "the switch was in flight with a load" | "the switch was answered signed-in" | typeof STILL_WORKS;

/**
 * Somebody switches to another organization while her pages load with an access token that has just expired. The switch is a refresh,
 * too, and what the others get is for the organization that she left. Whoever gets no answer, or is told to renew first, asks again.
 */
export const switchesOrganization: Scenario<Mark> = {
  name: "switches-organization",
  describe: "one of two users switches to another organization while her pages load at the access token's end",
  defaults: { loads: 3, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  needs: ["switchOrganization"],
  mustReach: [REDEMPTION, "the switch was in flight with a load", "the switch was answered signed-in", STILL_WORKS],

  async play(stage) {
    const { admin, parameters, accessTokenLifetime, now, until, withFaults, anyIsolate, anyMoment, reach, loadsInFlight } = stage;
    const [ada] = await signBothIn(stage);
    const [{ id: organization }] = organizations;
    await admin.addMember(ada.user, organization);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    let answer = await withFaults(async () => {
      const pages = Array.from({ length: parameters.loads }, () => ada.load());
      await anyMoment();
      const switched = ada.switchOrganization(organization);
      if (loadsInFlight() >= 2) reach("the switch was in flight with a load");
      await Promise.all(pages);
      return switched;
    });
    for (let tries = 0; answer !== "signed-in" && answer !== "signed-out" && tries < MOST_TRIES; tries++) {
      answer = await ada.switchOrganization(organization);
    }
    if (answer === "signed-in") reach("the switch was answered signed-in");
    for (let page = 0; page < PAGES_AFTER; page++) await anyIsolate(() => ada.load());
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
