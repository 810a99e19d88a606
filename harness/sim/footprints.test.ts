import { describe, expect, it } from "vitest";
import type { Footprint } from "../model/program.ts";
import type { Actor } from "./actor.ts";
import { Footprints } from "./footprints.ts";
import { SharedStore } from "./shared-store.ts";
import { finish, openWorld, operation } from "./world.testing.ts";
import type { World } from "./world.ts";

const actors = (world: World) => ({
  one: world.actor("isolate-1", "isolate"),
  two: world.actor("isolate-2", "isolate"),
  browser: world.actor("ada", "browser"),
  issuer: world.actor("issuer", "issuer"),
});

/** What a step of an actor touches, where that does something. */
async function footprintOf(to: Actor, complete: (world: World) => void = () => {}, world = openWorld()): Promise<Footprint | null> {
  world.submit(operation(to, "a", () => complete(world)));
  await world.step(0);
  return world.footprint();
}

const { one, two, browser, issuer } = actors(openWorld());

describe("what a step touches", () => {
  it("is the heap of the isolate that goes on, and of nobody else", async () => {
    expect(await footprintOf(one)).toEqual({ reads: [], writes: ["isolate-1"] });
    expect(await footprintOf(two)).toEqual({ reads: [], writes: ["isolate-2"] });
  });

  it("is one thing for browsers, the issuer and the scenario: they call each other without messages", async () => {
    const [first, second] = [await footprintOf(browser), await footprintOf(issuer)];
    expect(first).toEqual(second);
    expect(await footprintOf(one, (world) => world.footprints.tell())).toEqual({
      reads: [],
      writes: ["isolate-1", ...(first?.writes ?? [])],
    });
  });

  it("is what it said itself, and only of the last step", async () => {
    const world = openWorld();
    world.submit(operation(one, "a", () => world.footprints.read("x")));
    world.submit(operation(one, "b", () => world.footprints.write("y")));
    await world.step(0);
    expect(world.footprint()).toEqual({ reads: ["x"], writes: ["isolate-1"] });
    await world.step(0);
    expect(world.footprint()).toEqual({ reads: [], writes: ["isolate-1", "y"] });
  });

  it("is unknown where time moves", async () => {
    const world = openWorld();
    world.play(world.actor("script", "script"), () => world.until(world.now() + 5, one));
    await world.open();
    await world.step(0);
    expect(world.footprint()).toBeNull();
  });

  it("is unknown where a fault happens, or something that waits is altered", async () => {
    const world = openWorld({ faults: { lost: 1 } });
    world.grant(true);
    world.submit(operation(one, "a", () => {}, { faults: [{ name: "lost", complete: () => {} }] }));
    await world.step(1);
    expect(world.footprint()).toBeNull();
    const waits = operation(two, "b");
    expect(await footprintOf(one, (altering) => altering.alter(waits))).toBeNull();
  });

  it("is known again in the step after", () => {
    const footprints = new Footprints();
    footprints.begin(one);
    footprints.anything();
    expect(footprints.last()).toBeNull();
    footprints.begin(one);
    expect(footprints.last()).not.toBeNull();
  });
});

describe("what a statement touches", () => {
  async function touchedBy(statement: (store: ReturnType<SharedStore["for"]>) => Promise<unknown>): Promise<Footprint | null> {
    const world = openWorld();
    const store = new SharedStore(world, () => {}).for(one);
    world.play(world.actor("script", "script"), async () => {});
    world.as(one, null, () => void statement(store));
    await finish(world);
    return world.footprint();
  }
  const names = (footprint: Footprint | null) => new Set([...(footprint?.reads ?? []), ...(footprint?.writes ?? [])]);

  it("is its record, which a write changes and a read does not", async () => {
    const [read, write] = [await touchedBy((store) => store.read("a")), await touchedBy((store) => store.compareAndSet("a", 0, "v", 9e12))];
    expect(names(read)).toEqual(names(write));
    expect(read?.writes).toEqual(["isolate-1"]);
    expect(write?.writes).toHaveLength(2);
    expect(names(await touchedBy((store) => store.read("b")))).not.toEqual(names(read));
  });

  it("is a record also where it only looks whether to wait for it", async () => {
    expect((await touchedBy((store) => store.wait("a", 1, 9e12)))?.reads).toEqual((await touchedBy((store) => store.read("a")))?.reads);
  });

  it("is every record for what looks at all of them", async () => {
    const read = await touchedBy((store) => store.read("a"));
    for (const all of [await touchedBy((store) => store.list("", 9)), await touchedBy((store) => store.sweep())]) {
      const whole = (all?.writes ?? []).filter((name) => name !== "isolate-1");
      expect(whole).toHaveLength(1);
      expect(read?.reads).toContain(whole[0]);
    }
  });
});
