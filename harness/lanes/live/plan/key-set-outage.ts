import type { PlanItem } from "./item.ts";
import { keysChanged } from "./keys.ts";

/** Milliseconds after the outage by which a client has asked for the keys again; some wait half a minute between two tries. */
const PATIENCE = 61_000;
const LOOK_EVERY = 1_000;

/** The issuer has a new key, and just then nobody can fetch its key set. */
export const keySetOutage: PlanItem = {
  name: "key-set-outage",
  describe: "a new key signs while the key set cannot be fetched",
  invariants: () => ["key-rotation-survived"],
  alone: true,
  async play(stage) {
    const { ada, scene } = stage;
    const { control } = scene.parts.issuer;
    keysChanged(stage);
    await stage.signBothIn();
    await control.keys.rotate({ overlap: null });
    keysChanged(stage);
    await stage.expire(ada);
    scene.emit({ type: "faults-began" });
    const ids = control.faults.add({
      at: { endpoint: "jwks" },
      times: null,
      when: "before-commit",
      effect: { kind: "answer", status: 503 },
    });
    try {
      await stage.load(ada);
      await Promise.all([stage.load(ada), stage.load(ada)]);
    } finally {
      for (const id of ids) control.faults.remove(id);
    }
    for (const until = Date.now() + PATIENCE; (await stage.load(ada)) !== "signed-in" && Date.now() < until; ) await stage.wait(LOOK_EVERY);
    scene.emit({ type: "faults-ended" });
    await stage.goOn();
  },
};
