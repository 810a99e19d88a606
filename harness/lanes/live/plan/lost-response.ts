import type { PlanItem } from "./item.ts";

/** The person navigates away while her page refreshes, and what it would have set is lost. Then she comes back with what she has. */
export const lostResponse: PlanItem = {
  name: "lost-response",
  describe: "the browser's connection is cut while its request refreshes, and the next page comes with the old cookie",
  invariants: () => [],
  async play(stage) {
    const { ada } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    const tab = ada.openTab();
    await stage.holding(ada, async (hold) => {
      const page = tab.load(stage.page());
      await hold.first();
      tab.leave();
      await page;
      hold.release();
      await stage.quiet();
    });
    await stage.load(ada);
    await stage.goOn();
  },
};
