import type { PlanItem } from "./item.ts";

/** A tab's request is slow on its way, and comes when another tab's has long renewed the session that both share. */
export const lateDuplicate: PlanItem = {
  name: "late-duplicate",
  describe: "a request with the old cookie comes after another one has renewed the session",
  invariants: () => [],
  async play(stage) {
    const { ada, scene } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    const underWay = Promise.withResolvers<void>();
    scene.wire.bend = { before: underWay.promise };
    const late = stage.load(ada);
    const renewed = stage.renewal();
    await stage.load(ada);
    renewed();
    underWay.resolve();
    await late;
    await stage.goOn();
  },
};
