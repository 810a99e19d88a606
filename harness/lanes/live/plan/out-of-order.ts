import type { PlanItem } from "./item.ts";

/**
 * Answers reach a browser in another order than they were given: the last one first, and each only when the load before it has come to its
 * end, with whatever that has renewed in the meantime. What arrives last was given first.
 */
export const outOfOrder: PlanItem = {
  name: "out-of-order",
  describe: "the answers of a burst reach the browser in reverse order",
  invariants: () => [],
  async play(stage) {
    const { ada, scene, tabs } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    const renewed = stage.renewal();
    const all = Promise.withResolvers<void>();
    const answered: { readonly tab: number; deliver(): void }[] = [];
    const loads = Array.from({ length: tabs }, (_, tab) => {
      scene.wire.bend = {
        after: () =>
          new Promise((deliver) => {
            answered.push({ tab, deliver });
            if (answered.length === tabs) all.resolve();
          }),
      };
      return stage.load(ada);
    });
    await all.promise;
    for (const { tab, deliver } of answered.toReversed()) {
      deliver();
      await loads[tab];
    }
    renewed();
    await stage.goOn();
  },
};
