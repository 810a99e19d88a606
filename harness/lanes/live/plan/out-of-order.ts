import type { PlanItem } from "./item.ts";

/** Answers reach a browser in another order than they were given: the last one to be applied may be the oldest. */
export const outOfOrder: PlanItem = {
  name: "out-of-order",
  describe: "the answers of a burst reach the browser in reverse order",
  invariants: [],
  async play(stage) {
    const { ada, scene } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    const waiting: (() => void)[] = [];
    const { tabs } = stage;
    const deliver = () => {
      // Who came last goes first, one turn after the other.
      const next = waiting.pop();
      next?.();
      if (waiting.length > 0) setImmediate(deliver);
    };
    const after = () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === tabs) deliver();
      });
    const loads = Array.from({ length: tabs }, () => {
      scene.wire.bend = { after };
      return stage.load(ada);
    });
    await Promise.all(loads);
    await stage.goOn();
  },
};
