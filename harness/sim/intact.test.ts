import { afterEach, expect, it, vi } from "vitest";
import { assertFacades } from "./intact.ts";

const { random } = Math;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Math.random = random;
});

it("is content while the façades stand", () => {
  expect(() => assertFacades()).not.toThrow();
});

it.each<[string, () => unknown, RegExp]>([
  ["fake timers", () => vi.useFakeTimers(), /replaced Date, setTimeout, setInterval/],
  ["a fake date alone", () => vi.useFakeTimers({ toFake: ["Date"] }), /replaced Date since/],
  ["a stubbed fetch", () => vi.stubGlobal("fetch", () => {}), /replaced fetch since/],
  ["other random numbers", () => Object.assign(Math, { random: () => 0.5 }), /replaced random since/],
])("names %s, and is content again afterwards", (_, replace, message) => {
  replace();
  expect(() => assertFacades()).toThrow(expect.objectContaining({ code: "BAD_USAGE", message: expect.stringMatching(message) }));
});

it("names what was fake before the façades came", async () => {
  vi.useFakeTimers();
  vi.resetModules();
  const { assertFacades: later } = await import("./intact.ts");
  vi.useRealTimers();
  expect(() => later()).toThrow(/replaced Date, setTimeout, .* before Holdfast was loaded/);
});
