import { OF_EVERYONE } from "../../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../../harness/model/scenario.ts";
import { PAST_EXPIRY, signBothIn } from "../two-people.ts";

const WORKS = "everybody is signed in afterwards";
const OUT = "the app confirmed the logout";
const AFTER = "a page came after it";

/**
 * What matters of the ledger to a database, and no more, so that all orders of its statements can be tried: a lease, a rotation, and the
 * pages that wait for it.
 */
export const rotation: Scenario<typeof REDEMPTION | typeof WORKS> = {
  name: "rotation",
  describe: "two users; the access token of one has just expired when her pages load at once, and then once more",
  defaults: { loads: 2, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [REDEMPTION, WORKS],
  async play(stage) {
    const { parameters, accessTokenLifetime, now, until, withFaults, reach } = stage;
    const [ada, ben] = await signBothIn(stage);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await withFaults(() => Promise.all(Array.from({ length: parameters.loads }, () => ada.load())));
    if ([await ada.load(), await ben.load()].every((answer) => answer === "signed-in")) reach(WORKS);
  },
};

/** The same with somebody who signs out meanwhile. */
export const oneLogout: Scenario<typeof REDEMPTION | typeof OUT | typeof AFTER> = {
  name: "one-logout",
  describe: "two users; one signs out while her pages load at the access token's end; then a page loads anew",
  defaults: { loads: 1, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  needs: ["logOut"],
  mustReach: [REDEMPTION, OUT, AFTER],
  async play(stage) {
    const { parameters, accessTokenLifetime, now, until, withFaults, maintain, reach } = stage;
    const [ada] = await signBothIn(stage);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    let isOut = false;
    await withFaults(async () => {
      const pages = Array.from({ length: parameters.loads }, () => ada.load());
      [isOut] = await Promise.all([ada.logOut(), ...pages]);
    });
    if (isOut || (await ada.logOut())) reach(OUT);
    if ((await ada.load()) === "signed-out") reach(AFTER);
    await maintain();
  },
};
