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

/** A person tries again so often. No scenario has as many faults. */
const ATTEMPTS = 4;

/**
 * One of each request of a session that writes, one after the other: a page that takes the lease and rotates, and a logout. Whoever is not answered
 * asks again. With one fault of a kind, a search that is complete has tried every point at which it can strike.
 */
export const everySessionRequest: Scenario<typeof REDEMPTION | typeof OUT | typeof AFTER> = {
  name: "every-session-request",
  describe: "a user loads a page at the access token's end and signs out; whoever is not answered asks again",
  defaults: { loads: 1, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  needs: ["logOut"],
  mustReach: [REDEMPTION, OUT, AFTER],
  async play({ accessTokenLifetime, browsers: [ada, ben], now, until, withFaults, maintain, reach }) {
    for (const browser of [ada, ben]) await browser.signIn();
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await withFaults(async () => {
      await untilTrue(async () => (await ada.load()) === "signed-in");
      if (await untilTrue(() => ada.logOut())) reach(OUT);
    });
    if ((await ada.load()) === "signed-out" && (await ben.load()) === "signed-in") reach(AFTER);
    await maintain();
  },
};

async function untilTrue(attempt: () => Promise<boolean>): Promise<boolean> {
  for (let attempts = 0; attempts < ATTEMPTS; attempts++) if (await attempt()) return true;
  return false;
}
