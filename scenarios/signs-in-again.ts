import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

type Mark = typeof REDEMPTION | "a page of the old session was in flight while its user signed in anew" | typeof STILL_WORKS;

/** An administrator ends a session. Its pages are still in flight when its user signs in anew, and their answers come late. */
export const signsInAgain: Scenario<Mark> = {
  name: "signs-in-again",
  describe: "pages of a session that has been ended are answered while, and after, their user signs in anew",
  defaults: { loads: 2, isolates: 1, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [REDEMPTION, "a page of the old session was in flight while its user signed in anew", STILL_WORKS],

  async play(stage) {
    const { admin, parameters, accessTokenLifetime, now, until, withFaults, reach, loadsInFlight } = stage;
    const [ada] = await signBothIn(stage);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await admin.endSessions(ada.user);
    await withFaults(async () => {
      const old = Array.from({ length: parameters.loads }, () => ada.load());
      const signedIn = ada.signIn();
      if (loadsInFlight() > parameters.loads) reach("a page of the old session was in flight while its user signed in anew");
      await signedIn;
      await Promise.all([...old, ada.load()]);
    });
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
