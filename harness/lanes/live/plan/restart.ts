import type { PlanItem } from "./item.ts";

/** An instance dies while it renews a session, and comes back. Whatever only its memory held is gone. */
export const restart: PlanItem = {
  name: "restart",
  describe: "an instance is killed while a refresh of its own is under way, and is started again",
  invariants: () => [],
  alone: true,
  missing: ({ app }) => ("command" in app ? null : "the app is not ours to restart: the configuration has no app.command"),
  async play(stage) {
    const { ada, scene } = stage;
    const { app, recording } = scene.parts;
    await stage.signBothIn();
    await stage.expire(ada);
    await stage.holding(ada, async (hold) => {
      const page = stage.load(ada);
      const [flying] = ada.inFlight.values();
      const isolate = flying?.to ?? "isolate-1";
      await hold.first();
      scene.emit({ type: "faults-began" });
      await app.restart?.(Number(isolate.replace("isolate-", "")), async () => {
        recording.moment({ kind: "fault:isolate-killed", from: null, to: isolate, label: `${isolate} is killed` });
        scene.emit({ type: "fault", fault: "isolate-killed", detail: isolate });
        scene.emit({ type: "isolate-killed", isolate });
        await page;
        hold.release();
      });
      // Whoever was killed may have left a lease behind, which others wait out.
      await Promise.all(Array.from({ length: stage.tabs }, () => stage.load(ada)));
      scene.emit({ type: "faults-ended" });
    });
    for (let after = 0; after < 3; after++) await stage.load(ada);
    await stage.goOn();
  },
};
