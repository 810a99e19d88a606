import type { PlanItem } from "./item.ts";
import { keysChanged } from "./keys.ts";

/** The issuer signs with a new key from one moment to the next; later the old one leaves the key set. */
export const keyRotation: PlanItem = {
  name: "key-rotation",
  describe: "another key signs, and later the old one is no longer published",
  invariants: () => ["key-rotation-survived"],
  alone: true,
  async play(stage) {
    const { ada, scene } = stage;
    const { keys } = scene.parts.issuer.control;
    keysChanged(stage);
    await stage.signBothIn();
    await keys.rotate({ overlap: null });
    keysChanged(stage);
    await stage.expire(ada);
    await stage.race(ada);
    await stage.goOn();
    for (const { id, signs, published } of keys.list()) if (published && !signs) keys.retire(id);
    keysChanged(stage);
    await stage.goOn();
  },
};
