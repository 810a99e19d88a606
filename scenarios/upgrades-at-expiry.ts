import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

type Mark = typeof REDEMPTION | "an upgrade was told to renew the session" | "a prefetch was told to come again" | typeof STILL_WORKS;

/**
 * A tab that was left open wakes: its WebSocket reconnects and the browser prefetches, while the access token is over, and nothing of
 * that can carry a cookie home. Then the page itself is loaded, and others at once.
 */
export const upgradesAtExpiry: Scenario<Mark> = {
  name: "upgrades-at-expiry",
  describe: "upgrades and prefetches find the access token expired, alone and beside pages that refresh it",
  defaults: { loads: 2, isolates: 1, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [REDEMPTION, "an upgrade was told to renew the session", "a prefetch was told to come again", STILL_WORKS],

  async play(stage) {
    const { parameters, accessTokenLifetime, now, until, withFaults, reach } = stage;
    const [ada] = await signBothIn(stage);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    if ((await ada.load("/live", "upgrade")) === "stale") reach("an upgrade was told to renew the session");
    if ((await ada.load("/", "prefetch")) === "unavailable") reach("a prefetch was told to come again");
    await withFaults(async () => {
      const pages = Array.from({ length: parameters.loads }, () => ada.load());
      await Promise.all([ada.load("/live", "upgrade"), ada.load("/", "prefetch"), ...pages, ada.load("/live", "upgrade")]);
    });
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
