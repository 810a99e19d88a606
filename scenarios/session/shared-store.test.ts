import { describe, expect, test } from "vitest";
import { SharedStore } from "../../harness/sim/shared-store.ts";
import { World } from "../../harness/sim/world.ts";
import { storeContract } from "../../src/session/store/contract.testing.ts";
import type { Store } from "../../src/session/store/store.ts";

const EPOCH = 1_000_000_000;

/** The simulator's store behind two isolates, in a world that takes every step by itself except time. */
function open() {
  const world = new World({ seed: "s", epoch: EPOCH, crypto: "inline", stepLimit: 10_000, timeSteps: 0, faults: {} });
  const changes: string[] = [];
  const shared = new SharedStore(world, (actor, key, value) => changes.push(`${actor.name} ${key} ${value === null ? "-" : "+"}`));
  const script = world.actor("script", "script");
  world.play(script, () => new Promise(() => {}));
  let stepping: Promise<void> = Promise.resolve();

  /** Steps until only time is left to pass. */
  function settle(): Promise<void> {
    stepping = stepping.then(async () => {
      for (;;) {
        const index = world.enabled().findIndex(({ kind }) => kind !== "time");
        if (index < 0) return;
        await world.step(index);
      }
    });
    return stepping;
  }

  async function advance(milliseconds: number): Promise<void> {
    const goal = world.now() + milliseconds;
    void world.until(goal, script);
    await settle();
    while (world.now() < goal) {
      await world.step(0);
      await settle();
    }
  }

  function through(name: string): Store & { readonly name: string } {
    const actor = world.actor(name, "isolate");
    const port = shared.for(actor);
    const call = <T>(statement: () => Promise<T>): Promise<T> => {
      const result = world.as(actor, null, statement);
      void settle();
      return result;
    };
    return {
      name,
      read: (key) => call(() => port.read(key)),
      compareAndSet: (...all) => call(() => port.compareAndSet(...all)),
      wait: (...all) => call(() => port.wait(...all)),
      list: (...all) => call(() => port.list(...all)),
      sweep: () => call(() => port.sweep()),
    };
  }

  return {
    world,
    shared,
    changes,
    store: through("isolate-1"),
    other: through("isolate-2"),
    now: () => world.now(),
    advance,
    settle,
    waiting: settle,
  };
}

describe("the simulator's store keeps the contract of the session's", () => {
  storeContract(async () => open());

  test("and tells of every change, and of nothing else", async () => {
    const { store, other, changes } = open();
    await store.compareAndSet("a", 0, "one", EPOCH + 1_000);
    await other.compareAndSet("a", 0, "two", EPOCH + 1_000);
    await other.read("a");
    await other.compareAndSet("a", 1, null, 0);
    expect(changes).toEqual(["isolate-1 a +", "isolate-2 a -"]);
  });
});

describe("each statement is one operation", () => {
  function quiet() {
    const world = new World({ seed: "s", epoch: EPOCH, crypto: "inline", stepLimit: 100, timeSteps: 0, faults: {} });
    const shared = new SharedStore(world, () => {});
    const isolate = world.actor("isolate-1", "isolate");
    world.play(world.actor("script", "script"), () => new Promise(() => {}));
    return { world, shared, isolate, port: shared.for(isolate) };
  }
  const labels = (world: World) => world.enabled().map(({ kind, actor, label }) => `${kind} ${actor} ${label}`);

  test("that nothing happens before, and whose label shows no key and no value", async () => {
    const { world, shared, isolate, port } = quiet();
    const written = world.as(isolate, "load-1", () => port.compareAndSet("session:abc", 0, "secret", EPOCH + 1));
    expect(labels(world)).toEqual(["statement isolate-1 write session for load-1"]);
    expect([...shared.peek()]).toEqual([]);
    await world.step(0);
    expect(await written).toEqual({ kind: "written", version: 1 });
    expect([...shared.peek()]).toEqual([["session:abc", "secret"]]);
  });

  test("a wait is one that is not there before its change or its deadline, whichever comes first, and only once", async () => {
    const { world, isolate, port } = quiet();
    const changed = world.as(isolate, null, () => port.wait("a", 0, EPOCH + 1_000));
    expect(labels(world)).toEqual(["time clock time passes: 1 s"]);
    void world.as(isolate, null, () => port.compareAndSet("a", 0, "one", EPOCH + 9_000));
    await world.step(0);
    expect(labels(world)).toEqual(["statement isolate-1 wait a"]);
    await world.step(0);
    expect((await changed)?.value).toBe("one");

    const late = world.as(isolate, null, () => port.wait("a", 1, EPOCH + 1_000));
    void world.as(isolate, null, () => port.wait("a", 1, EPOCH + 1_000));
    await world.step(0);
    expect(labels(world)).toEqual(["statement isolate-1 wait a", "statement isolate-1 wait a"]);
    // The deadline has enabled them, and so does a change: they are still one operation each.
    void world.as(isolate, null, () => port.compareAndSet("a", 1, "two", EPOCH + 9_000));
    await world.step(2);
    expect(labels(world)).toHaveLength(2);
    await world.step(0);
    expect((await late)?.value).toBe("two");
  });

  test("what a killed isolate waits for never happens, and its last write stands", async () => {
    const { world, shared, isolate, port } = quiet();
    const resumed: string[] = [];
    world.as(isolate, null, () => {
      void port.wait("a", 0, EPOCH + 1_000).then(() => resumed.push("wait"));
      void port.read("a").then(() => resumed.push("read"));
      setTimeout(() => resumed.push("timer"), 500);
    });
    shared.kill(isolate);
    world.kill(isolate);
    expect(labels(world)).toEqual([]);
    const other = world.actor("isolate-2", "isolate");
    void world.as(other, null, () => shared.for(other).compareAndSet("a", 0, "one", EPOCH + 9_000));
    await world.step(0);
    expect(labels(world)).toEqual([]);
    expect(resumed).toEqual([]);
    expect([...shared.peek()]).toEqual([["a", "one"]]);
  });

  test("what came of one tells two histories apart that were sent the same", async () => {
    const keys = [];
    for (const value of ["one", "two"]) {
      const { world, isolate, port } = quiet();
      const [writer, reader] = [world.actor("isolate-2", "isolate"), isolate];
      void world.as(writer, null, () => port.compareAndSet("a", 0, value, EPOCH + 9_000));
      await world.step(0);
      void world.as(reader, null, () => port.read("a"));
      await world.step(0);
      void world.as(writer, null, () => port.compareAndSet("a", 1, null, 0));
      await world.step(0);
      keys.push(world.key());
    }
    expect(keys[0]).not.toBe(keys[1]);
  });
});
