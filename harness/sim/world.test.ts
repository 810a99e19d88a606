import { describe, expect, it } from "vitest";
import { Network, type WireResponse } from "./network.ts";
import { World } from "./world.ts";

const options = { seed: "s", epoch: 1_000_000, crypto: "inline", stepLimit: 100, timeSteps: 0, faults: {} } as const;

describe("World", () => {
  it("moves time only when nothing is in flight", async () => {
    const world = new World(options);
    const script = world.actor("script", "script");
    const order: string[] = [];
    world.play(script, async () => {
      setTimeout(() => order.push(`timer ${Date.now()}`), 50);
      world.submit({ kind: "task", from: null, to: script, describe: () => "a", complete: () => order.push("a") });
      await world.until(1_005_000, script);
      order.push(`woke ${new Date().getTime()} ${performance.now()}`);
    });
    await world.open();
    while (world.enabled().length > 0) await world.step(0);
    expect(order).toEqual(["a", "timer 1000050", "woke 1005000 1005000"]);
    expect(world.ended).toBe(true);
  });
});
