import type { Browser } from "../../../browser/browser.ts";
import type { FaultRule } from "../../../issuer/control/fault-plan.ts";
import type { LiveStage } from "../stage.ts";
import type { PlanItem } from "./item.ts";

/**
 * A page is refreshing when its user signs out. Whatever comes of the refresh afterwards must not bring the session back: neither when the
 * issuer hears of the refresh after the logout, nor when it has answered before and its answer comes late.
 */
export const logoutRace: PlanItem = {
  name: "logout-race",
  describe: "somebody signs out while a page of hers is refreshing",
  invariants: () => ["logout-final"],
  missing: ({ signOut }) => (signOut === undefined ? "the configuration names no signOut" : null),
  async play(stage) {
    const { ada, ben } = stage;
    await stage.signBothIn();
    await stage.expire(ben);
    await Promise.all([signOutMeanwhile(stage, ada, "before-commit"), signOutMeanwhile(stage, ben, "after-commit")]);
    await stage.goOn();
  },
};

/** @param when the issuer holds the refresh up */
async function signOutMeanwhile(stage: LiveStage, browser: Browser, when: FaultRule["when"]): Promise<void> {
  await stage.holding(
    browser,
    async ({ first, release }) => {
      const page = stage.load(browser);
      await first();
      // An app may let the logout wait for the refresh: then it goes on as soon as nothing more happens.
      const signedOut = browser.logOut();
      await Promise.race([signedOut, stage.quiet()]);
      release();
      await Promise.all([page, signedOut]);
    },
    when,
  );
  await stage.load(browser);
}
