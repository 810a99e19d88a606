import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCatalogue } from "../report/index.ts";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");

function catalogue(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(process.execPath, [MAIN, "catalogue", ...words], { encoding: "utf8", env });
}

describe("holdfast catalogue", () => {
  it("shows one known bug in full: what it is, its trace, and that its fix holds", () => {
    const { status, stdout } = catalogue("--only", "28", "--schedules", "3");
    expect(status).toBe(0);
    expect(stdout).toContain("28-short-cookie: A cookie ends long before the refresh token in it");
    expect(stdout).toContain("Seen in: danny-avila/LibreChat#11810");
    expect(stdout).toContain("lifetimes-nest is violated");
    expect(stdout).toMatch(/28-short-cookie +lifetimes-nest +1 +\d+ +holds over 3 schedules/);
    expect(stdout).toContain("Recall: 1 of 1 bug, 1 of 1 class");
  });

  it("writes JSON that says which invariant found what, how small, and how to play it again", () => {
    const { status, stdout } = catalogue("--only", "01,40-blank-ids", "--schedules", "4", "--json", "-");
    expect(status).toBe(0);
    const { recall, bugs, correct, shortfalls } = parseCatalogue(stdout);
    expect([recall, shortfalls]).toEqual([{ classes: { found: 1, all: 1 }, bugs: { found: 2, all: 2 } }, []]);
    expect(bugs.map(({ id, class: number, story, invariant, found }) => [id, number, story, invariant, found])).toEqual([
      ["01-in-process-double-redeem", 1, null, "one-refresh-per-generation", true],
      ["40-blank-ids", null, "sign-in-callback", "no-cross-talk", true],
    ]);
    expect(bugs.every(({ replay, because }) => replay?.startsWith("hf1_") === true && because.length > 0)).toBe(true);
    expect(correct.map(({ fixes, schedules, verdict }) => [fixes, schedules, verdict])).toEqual([
      ["01-in-process-double-redeem", 2, "holds"],
      ["40-blank-ids", 2, "holds"],
    ]);
  });

  it("exits 1 where a bug is not found within what it is given, and says which", () => {
    const { status, stdout } = catalogue("--only", "07", "--search", "1", "--schedules", "1");
    expect(status).toBe(1);
    expect(stdout).toContain("✗ 07-answers-overtake: expected generation-monotonic to break, but nothing broke in 1 schedules");
  });

  it.each([
    ["a bug that there is none of", ["--only", "99"], 'expected a known bug, got "99"'],
    ["no name at all", ["--only", "01,"], "Expected names"],
    ["no schedule", ["--schedules", "0"], "whole number from 1"],
  ])("exits 2 for %s, with one clear error", (_, words, message) => {
    const { status, stdout, stderr } = catalogue(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});
