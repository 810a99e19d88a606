import os from "node:os";
import { describe, expect, it } from "vitest";
import { leftSince, standing } from "./leftovers.ts";
import { watchUncontrolled } from "./uncontrolled.ts";
import { openWorld } from "./world.testing.ts";

const world = openWorld();
const isolate = world.actor("isolate-1", "isolate");

describe("a watch on what no world owns", () => {
  it("names who called what, and only within a world", () => {
    const watch = watchUncontrolled();
    os.uptime();
    world.as(isolate, null, () => process.uptime());
    watch.end();
    expect([...watch.calls]).toEqual([["process.uptime", new Set(["isolate-1"])]]);
  });

  it("gives the answers of an earlier watch again, and goes on with new ones", () => {
    const first = watchUncontrolled();
    const answer = world.as(isolate, null, () => process.uptime());
    first.end();
    const second = watchUncontrolled(first.answers);
    const [same, next] = world.as(isolate, null, () => [process.uptime(), process.uptime()]);
    second.end();
    expect(same).toBe(answer);
    expect(next).toBeGreaterThan(answer);
  });

  it("leaves everything as it was, getters too", () => {
    const before = standing();
    const [uptime, event] = [process.uptime, new Event("x")];
    const watch = watchUncontrolled();
    expect(process.uptime).not.toBe(uptime);
    expect(world.as(isolate, null, () => event.timeStamp)).toBe(event.timeStamp);
    expect(watch.calls.has("event.timeStamp")).toBe(true);
    watch.end();
    expect(process.uptime).toBe(uptime);
    expect(leftSince(before)).toEqual([]);
  });
});

describe("what a run leaves in objects that all runs share", () => {
  it.each<[string, () => void, () => void]>([
    ["process.env.HOLDFAST_LEFT", () => Object.assign(process.env, { HOLDFAST_LEFT: "1" }), () => delete process.env.HOLDFAST_LEFT],
    ["globalThis.left", () => Object.assign(globalThis, { left: 1 }), () => Reflect.deleteProperty(globalThis, "left")],
    ["Map.prototype.left", () => Object.assign(Map.prototype, { left: 1 }), () => Reflect.deleteProperty(Map.prototype, "left")],
  ])("is named: %s", (name, leave, clear) => {
    const before = standing();
    leave();
    expect(leftSince(before)).toEqual([name]);
    clear();
    expect(leftSince(before)).toEqual([]);
  });
});
