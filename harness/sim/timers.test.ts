import { describe, expect, it } from "vitest";
import { EPOCH, finish, inWorld, labels, openWorld, operation } from "./world.testing.ts";
import type { World } from "./world.ts";

/** Lets an isolate set its timers, and moves time once: they have fired on the clock, but nobody was told yet. */
async function firedButNotDelivered(set: () => void): Promise<{ world: World; as: (code: () => void) => void }> {
  const world = openWorld();
  const isolate = world.actor("isolate-1", "isolate");
  world.as(isolate, null, set);
  await world.open();
  await world.step(0);
  return { world, as: (code) => world.as(isolate, null, code) };
}

describe("a virtual timer", () => {
  it("fires at its moment, in order of due time and then of creation", async () => {
    const fired = await inWorld(async (world) => {
      const order: string[] = [];
      for (const [name, delay] of [
        ["late", 30],
        ["early", 10],
        ["first of two", 20],
        ["second of two", 20],
      ] as const)
        setTimeout(() => order.push(`${name} ${Date.now() - EPOCH}`), delay);
      await world.until(EPOCH + 100, world.actor("isolate-1", "isolate"));
      return order;
    });
    expect(fired).toEqual(["early 10", "first of two 20", "second of two 20", "late 30"]);
  });

  it("hands its arguments to the callback", async () => {
    const values = await inWorld(() => new Promise((resolve) => setTimeout((...all) => resolve(all), 5, "a", 2)));
    expect(values).toEqual(["a", 2]);
  });

  it.each([
    [undefined, 1],
    [0, 1],
    [-5, 1],
    [Number.NaN, 1],
    [2 ** 31, 1],
    [Number.POSITIVE_INFINITY, 1],
    [2.9, 2],
    ["50" as unknown as number, 50],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ])("with a delay of %s waits %i ms, as in Node", async (delay, waited) => {
    const elapsed = await inWorld(() => new Promise((resolve) => setTimeout(() => resolve(Date.now() - EPOCH), delay)));
    expect(elapsed).toBe(waited);
  });

  it.each<[string, (timer: NodeJS.Timeout) => void]>([
    ["clearTimeout", (timer) => clearTimeout(timer)],
    ["clearTimeout by number", (timer) => clearTimeout(+timer)],
    ["clearTimeout by a number in a string", (timer) => clearTimeout(`${+timer}`)],
    ["clearInterval", (timer) => clearInterval(timer)],
    ["close", (timer) => timer.close()],
    ["using", (timer) => timer[Symbol.dispose]()],
  ])("is called off by %s", async (_what, clear) => {
    const fired = await inWorld(async (world) => {
      const order: string[] = [];
      const timer = setTimeout(() => order.push("cleared"), 10);
      setTimeout(() => order.push("kept"), 20);
      clear(timer);
      await world.until(EPOCH + 100, world.actor("isolate-1", "isolate"));
      return order;
    });
    expect(fired).toEqual(["kept"]);
  });

  it("can be called off after it fired on the clock and before it was delivered", async () => {
    const order: string[] = [];
    const timers: NodeJS.Timeout[] = [];
    const { world, as } = await firedButNotDelivered(() => {
      timers.push(
        setTimeout(() => order.push("a"), 10),
        setTimeout(() => order.push("b"), 10),
      );
    });
    expect(labels(world)).toEqual(["timer a timer of 10 ms", "timer a timer of 10 ms"]);

    as(() => clearTimeout(timers[0]));
    await world.step(0);

    expect(order).toEqual(["b"]);
    expect(labels(world)).toEqual([]);
  });

  it("is put off by refresh, also after it fired on the clock and before it was delivered", async () => {
    const order: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    const { world, as } = await firedButNotDelivered(() => {
      timer = setTimeout(() => order.push(`fired at ${Date.now() - EPOCH}`), 10);
    });

    as(() => timer?.refresh());
    await finish(world);

    expect(order).toEqual(["fired at 20"]);
  });

  it("starts again by refresh after it was delivered, and stays silent when it was called off before", async () => {
    const fired = await inWorld(async (world) => {
      const order: string[] = [];
      const isolate = world.actor("isolate-1", "isolate");
      const again = setTimeout(() => order.push(`again ${Date.now() - EPOCH}`), 10);
      const off = setTimeout(() => order.push("off"), 10);
      clearTimeout(off);
      off.refresh();
      await world.until(EPOCH + 50, isolate);
      again.refresh();
      await world.until(EPOCH + 100, isolate);
      return order;
    });
    expect(fired).toEqual(["again 10", "again 60"]);
  });

  it("fires although it was unreferenced when nothing else is left: an unanswered request may hang on it", async () => {
    const timer = await inWorld(
      () =>
        new Promise<NodeJS.Timeout>((resolve) => {
          const unreferenced: NodeJS.Timeout = setTimeout(() => resolve(unreferenced), 10).unref();
        }),
    );
    expect(timer.hasRef()).toBe(false);
    expect(timer.ref().hasRef()).toBe(true);
  });

  it("does not fire once the run has ended", async () => {
    const order: string[] = [];
    await inWorld(() => {
      setTimeout(() => order.push("after the end"), 10);
    });
    expect(order).toEqual([]);
  });
});

describe("a virtual interval", () => {
  it("fires again and again until it is cleared, also from inside of its own callback", async () => {
    const fired = await inWorld(async (world) => {
      const order: number[] = [];
      const timer = setInterval(() => {
        order.push(Date.now() - EPOCH);
        if (order.length === 3) clearInterval(timer);
      }, 10);
      await world.until(EPOCH + 200, world.actor("isolate-1", "isolate"));
      return order;
    });
    expect(fired).toEqual([10, 20, 30]);
  });

  it("does not pile up while one of its ticks is not delivered", async () => {
    const world = openWorld({ timeSteps: 5 });
    const isolate = world.actor("isolate-1", "isolate");
    world.grant(true);
    world.as(isolate, null, () => setInterval(() => {}, 10));
    world.submit(operation(isolate, "slow"));
    await world.step(1);
    expect(labels(world)).toEqual(["task slow", "timer a timer of 10 ms"]);
  });
});

describe("setImmediate", () => {
  it("is an operation at once: no time passes and nothing has to be answered first", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    const order: string[] = [];
    world.as(isolate, "load 1", () => setImmediate((value) => order.push(`${value} ${Date.now() - EPOCH}`), "immediate"));
    world.submit(operation(isolate, "slow", () => order.push("slow")));
    expect(labels(world)).toEqual(["timer an immediate for load 1", "task slow"]);

    await finish(world);

    expect(order).toEqual(["immediate 0", "slow"]);
  });

  it("is called off by clearImmediate", async () => {
    const world = openWorld();
    const order: string[] = [];
    world.as(world.actor("isolate-1", "isolate"), null, () => clearImmediate(setImmediate(() => order.push("immediate"))));
    await finish(world);
    expect(order).toEqual([]);
  });
});
