import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

type Mark =
  | typeof REDEMPTION
  | "the logout was in flight with a load"
  | "the app confirmed the logout"
  | "a page came after it"
  | "she is signed in anew"
  | typeof STILL_WORKS;

/**
 * Somebody signs out while her pages load with an access token that has just expired: a refresh that is in flight must not bring the
 * session back. Whoever is not told that she is signed out asks again.
 */
export const logoutDuringRefresh: Scenario<Mark> = {
  name: "logout-during-refresh",
  describe: "one of two users signs out while her pages load at the access token's end; then pages load anew, and she signs in again",
  defaults: { loads: 3, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  needs: ["logOut"],
  mustReach: [
    ...([REDEMPTION, "the logout was in flight with a load", "the app confirmed the logout", "a page came after it"] as const),
    ...(["she is signed in anew", STILL_WORKS] as const),
  ],

  async play(stage) {
    const { parameters, accessTokenLifetime, now, until, withFaults, anyIsolate, anyMoment, maintain, reach, loadsInFlight } = stage;
    const [ada] = await signBothIn(stage);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    let isOut = false;
    await withFaults(async () => {
      const pages = Array.from({ length: parameters.loads }, () => ada.load());
      await anyMoment();
      const loggedOut = ada.logOut();
      if (loadsInFlight() >= 2) reach("the logout was in flight with a load");
      [isOut] = await Promise.all([loggedOut, ...pages]);
    });
    if (!isOut) isOut = await ada.logOut();
    if (isOut) reach("the app confirmed the logout");
    for (let page = 0; page < parameters.loads; page++) await anyIsolate(() => ada.load());
    reach("a page came after it");
    await maintain();

    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await ada.load();
    if (await ada.signIn()) reach("she is signed in anew");
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
