import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

type Mark = typeof REDEMPTION | "answers waited for the lid to be opened" | "she did not wait for one of them" | typeof STILL_WORKS;

/**
 * The lid is closed while pages load, and opened when the access token that they were to bring is over, too. Their answers come then, in
 * any order and among new requests, and in one tab the person does not wait for them.
 */
export const sleepsPastExpiry: Scenario<Mark> = {
  name: "sleeps-past-expiry",
  describe: "one of two users closes the lid while her pages load at the access token's end, and opens it when the next one has ended",
  defaults: { loads: 3, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [REDEMPTION, "answers waited for the lid to be opened", "she did not wait for one of them", STILL_WORKS],

  async play(stage) {
    const { parameters, accessTokenLifetime, now, until, withFaults, anyMoment, reach, loadsInFlight } = stage;
    const [ada] = await signBothIn(stage);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await withFaults(async () => {
      const tabs = Array.from({ length: parameters.loads }, () => ada.openTab());
      const pages = tabs.map((tab) => tab.load());
      await anyMoment();
      ada.sleep();
      await until(now() + accessTokenLifetime + PAST_EXPIRY);
      if (loadsInFlight() > 0) reach("answers waited for the lid to be opened");
      ada.wake();
      const before = loadsInFlight();
      const elsewhere = tabs[0]?.load("/elsewhere");
      if (loadsInFlight() === before + 1 && before === parameters.loads) reach("she did not wait for one of them");
      await Promise.all([...pages, elsewhere]);
    });
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
