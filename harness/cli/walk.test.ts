import { describe, expect, it } from "vitest";
import { entry } from "../report/cells.testing.ts";
import { Walk } from "./walk.ts";

const STEPS = 6;
const moments = Array.from({ length: STEPS + 1 }, (_, steps) => ({
  entry: steps === 0 ? null : entry({ step: steps, label: `GET /${steps}`, choice: steps === 4 ? 1 : 0 }),
  state: {
    steps,
    at: 0,
    jars: [],
    isolates: [],
    families: [],
    stored: [],
    next: ["a", "b"].map((label) => ({ kind: "request", to: "x", label })),
  },
}));
const because = [2, 5].map((step, index) => ({ number: index + 1, step, text: `reason ${index + 1}` }));

/** Where a walk is after these keys. */
function placeAfter(...keys: string[]): string | undefined {
  const walk = new Walk(moments, { because, colour: false });
  for (const key of keys) expect(walk.press(key)).toBe(true);
  return /^Step (\d+) of 6/.exec(walk.screen(100))?.[1];
}

describe("a walk through a run", () => {
  it("begins before the first step", () => {
    expect(placeAfter()).toBe("0");
  });

  it.each([
    ["one on", ["n"], "1"],
    ["with the arrows, the space bar or the return key", ["right", "space", "return", "down"], "4"],
    ["and back", ["n", "n", "b", "n", "left"], "1"],
    ["no further than its ends", ["b", ..."nnnnnnnnn"], "6"],
    ["from one numbered step to the next", ["j", "j"], "5"],
    ["to the end where no numbered step is left", ["j", "j", "j"], "6"],
    ["nowhere by other keys", ["n", "x", "f1", ""], "1"],
  ])("goes %s", (_, keys, step) => {
    expect(placeAfter(...keys)).toBe(step);
  });

  it.each(["q", "escape"])("ends by %s", (key) => {
    expect(new Walk(moments, { because, colour: false }).press(key)).toBe(false);
  });

  it("marks what was taken next, says why a step matters, and which keys there are", () => {
    const walk = new Walk(moments, { because, colour: false });
    for (const key of ["n", "n"]) walk.press(key);
    expect(walk.screen(100)).toMatch(/\(1\) reason 1/);
    walk.press("n");
    expect(walk.screen(100)).toMatch(/next +· a → x\n +▶ b → x/);
    expect(walk.screen(100)).toContain("q quit");
  });

  it("shows every step one below the other where nobody can press a key", () => {
    const all = new Walk(moments, { because, colour: false }).all(100);
    expect(all.match(/^Step \d of 6/gm)).toHaveLength(STEPS + 1);
    expect(all).not.toContain("quit");
  });
});
