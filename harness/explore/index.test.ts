import { expect, it } from "vitest";
import { EXPLORERS } from "./index.ts";

it("knows every explorer by its own name, each with a line for `holdfast list`", () => {
  expect([...EXPLORERS.keys()]).toEqual(["portfolio", "fifo", "random", "pct", "delay", "exhaustive"]);
  for (const [name, explorer] of EXPLORERS) {
    expect(explorer.name).toBe(name);
    expect(explorer.describe).toMatch(/\w/);
  }
});
