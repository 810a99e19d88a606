import type { PlanItem } from "./item.ts";

/** A tab was idle, its access token is over, and its WebSocket reconnects: an upgrade's answer carries no cookie home. */
export const upgrade: PlanItem = {
  name: "upgrade",
  describe: "a WebSocket is opened with an expired access token: it renews nothing, and the next page does",
  invariants: () => ["upgrade-never-refreshes"],
  missing: ({ webSocket }) => (webSocket === undefined ? "the configuration names no webSocket" : null),
  async play(stage) {
    const { ada, scene } = stage;
    const path = scene.parts.config.webSocket ?? "/";
    await stage.signBothIn();
    await ada.load(path, "upgrade");
    await stage.expire(ada);
    await ada.load(path, "upgrade");
    await stage.quiet();
    await stage.load(ada);
    await ada.load(path, "upgrade");
    await stage.goOn();
  },
};
