import type { PlanItem } from "./item.ts";

/** The browser guesses what will be wanted next, and may throw the answer away. */
export const prefetch: PlanItem = {
  name: "prefetch",
  describe: "a page is prefetched with an expired access token: that renews nothing, and the page itself does",
  invariants: () => ["upgrade-never-refreshes"],
  async play(stage) {
    const { ada } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    await ada.load(stage.page(), "prefetch");
    await stage.quiet();
    await stage.load(ada);
    await stage.goOn();
  },
};
