import type { PlanItem } from "./item.ts";

/** The five-minute logout itself: a window full of tabs, just after the access token is over. */
export const race: PlanItem = {
  name: "race",
  describe: "many tabs load at expiry, all of them before the first refresh comes about",
  invariants: () => [],
  async play(stage) {
    const { ada, ben } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    await Promise.all([stage.race(ada), stage.load(ben)]);
    await stage.goOn();
  },
};
