import type { PlanItem } from "./item.ts";

/** A page is refreshing when its user signs out. Whatever comes of the refresh afterwards must not bring the session back. */
export const logoutRace: PlanItem = {
  name: "logout-race",
  describe: "somebody signs out while a page of hers is refreshing",
  invariants: ["logout-final"],
  missing: ({ signOut }) => (signOut === undefined ? "the configuration names no signOut" : null),
  async play(stage) {
    const { ada, ben } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    await stage.holding(ada, async (hold) => {
      const page = stage.load(ada);
      await hold.first();
      // An app may let the logout wait for the refresh: then it goes on as soon as nothing more happens.
      const signedOut = ada.logOut();
      await Promise.race([signedOut, stage.quiet()]);
      hold.release();
      await Promise.all([page, signedOut]);
    });
    await stage.load(ada);
    await stage.goOn(ada, ben);
  },
};
