import { describe, expect, it } from "vitest";
import { EPOCH, finish, openWorld, operation } from "./world.testing.ts";
import type { Timing } from "./world.ts";

/** A timed world in which an operation says itself, by its label, how long it takes. */
function timedWorld(change: Partial<Timing> = {}) {
  const world = openWorld({ timing: { latency: ({ describe }) => Number(describe()), traceWindow: 100, ...change } });
  const actor = world.actor("isolate-1", "isolate");
  const happened: [label: string, at: number][] = [];
  const sending = (latency: number) => {
    const one = operation(actor, `${latency}`, () => happened.push([`${latency}`, world.now() - EPOCH]));
    world.submit(one);
    return one;
  };
  return { world, actor, happened, sending };
}

describe("in a timed world", () => {
  it("the earliest operation happens next, at its own moment, and nothing is a choice", async () => {
    const { world, happened, sending } = timedWorld();
    for (const latency of [30, 10, 20]) sending(latency);
    const offered: number[] = [];
    await finish(world, () => {
      offered.push(world.enabled().length);
      return 0;
    });
    expect(happened).toEqual([
      ["10", 10],
      ["20", 20],
      ["30", 30],
    ]);
    expect(offered).toEqual([1, 1, 1]);
  });

  it("what takes no time happens at once, before anything that does", async () => {
    const { world, happened, sending } = timedWorld();
    for (const latency of [0.5, 0]) sending(latency);
    await finish(world);
    expect(happened.map(([label]) => label)).toEqual(["0", "0.5"]);
  });

  it("moments have fractions, and clocks show whole milliseconds", async () => {
    const { world, happened, sending } = timedWorld();
    sending(1.7);
    sending(1.2);
    await finish(world);
    expect(happened).toEqual([
      ["1.2", 1],
      ["1.7", 1],
    ]);
  });

  it("latencies add up without a loss: what is sent at a fraction arrives that much later", async () => {
    const { world, actor, happened, sending } = timedWorld();
    world.submit(operation(actor, "0.6", () => sending(0.6)));
    await finish(world);
    expect(happened).toEqual([["0.6", 1]]);
  });

  it("timers and messages share one clock", async () => {
    const { world, actor, happened, sending } = timedWorld();
    world.play(actor, async () => {
      sending(15);
      await world.until(EPOCH + 10, actor);
      happened.push(["timer", world.now() - EPOCH]);
      sending(2.5);
      await world.until(EPOCH + 20, actor);
      happened.push(["timer", world.now() - EPOCH]);
    });
    await world.open();
    await finish(world);
    expect(happened).toEqual([
      ["timer", 10],
      ["2.5", 12],
      ["15", 15],
      ["timer", 20],
    ]);
    expect(world.ended).toBe(true);
  });

  it("a wait that is set at a fraction of a millisecond ends when its moment is there", async () => {
    const { world, actor } = timedWorld();
    world.play(actor, async () => {
      await new Promise<void>((resolve) => world.submit(operation(actor, "0.9", resolve)));
      await world.until(EPOCH + 5, actor);
      expect(world.now()).toBe(EPOCH + 5);
    });
    await world.open();
    await finish(world);
    expect(world.ended).toBe(true);
  });

  it("a run has not ended while something is on its way", async () => {
    const { world, actor, sending } = timedWorld();
    world.play(actor, async () => void sending(5));
    await world.open();
    expect(world.ended).toBe(false);
    await finish(world);
    expect(world.ended).toBe(true);
  });

  it("what is withdrawn on its way never happens", async () => {
    const { world, happened, sending } = timedWorld();
    const gone = sending(5);
    sending(9);
    world.withdraw(gone);
    await finish(world);
    expect(happened.map(([label]) => label)).toEqual(["9"]);
  });

  it("an actor that is killed gets nothing that was on its way to it, but requests come all the same", async () => {
    const { world, actor, happened, sending } = timedWorld();
    sending(5);
    world.submit(operation(actor, "7", () => happened.push(["request", world.now() - EPOCH]), { kind: "request" }));
    world.kill(actor);
    await finish(world);
    expect(happened).toEqual([["request", 7]]);
  });

  it("an operation that is put off draws its latency when its moment has come", async () => {
    const { world, actor, happened } = timedWorld();
    const late = operation(actor, "3", () => happened.push(["late", world.now() - EPOCH]));
    world.submitAt({ world, actor, task: null }, EPOCH + 10, late);
    world.play(actor, () => world.until(EPOCH + 50, actor));
    await world.open();
    await finish(world);
    expect(happened).toEqual([["late", 13]]);
  });

  it("the trace has the end of a long run, with the numbers of its steps", async () => {
    const { world, sending } = timedWorld({ traceWindow: 10 });
    for (let n = 1; n <= 55; n++) sending(n);
    await finish(world);
    expect(world.steps).toBe(55);
    const entries = world.trace.entries();
    expect(entries.length).toBeGreaterThanOrEqual(10);
    expect(entries.length).toBeLessThan(20);
    expect(entries.at(-1)).toMatchObject({ step: 55, at: 55, label: "55" });
    expect(world.trace.lines().at(-1)).toContain("55 55 task");
  });

  it("states cannot be compared, and asking for one says so", () => {
    const { world } = timedWorld();
    expect(() => world.key()).toThrow("a timed world keeps no histories");
    expect(() => world.state()).toThrow("a timed world keeps no histories");
  });
});
