import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ReliabilityResult } from "../model/reliability.ts";
import { parseReliability } from "../report/index.ts";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");
const folder = mkdtempSync(join(tmpdir(), "holdfast-matrix-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function matrix(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(process.execPath, [MAIN, "matrix", ...words], { encoding: "utf8", env });
}

describe("holdfast matrix", () => {
  it("says what one's own client is worth under each issuer, and links what is broken", () => {
    const report = join(folder, "report");
    const file = join(folder, "matrix.json");
    const own = ["--target", "fixtures/targets/naive.ts", "--profile", "workos,zitadel", "--faults", "none,issuer-response-lost"];
    const { status, stdout } = matrix(...own, "--report", report, "--json", file, "--jobs", "1");
    expect(status).toBe(0);
    expect(stdout).toContain("all 2 broken: zitadel");
    expect(stdout).toContain(`Report: ${report}/index.html`);
    const { cells, counterexamples, clients } = parseReliability(readFileSync(file, "utf8"));
    expect(clients).toMatchObject([{ target: "naive-example", strategy: "naive", about: null }]);
    expect(cells.map(({ profile, outcome }) => [profile, outcome])).toEqual([
      ["workos", "proved"],
      ["workos", "proved"],
      ["zitadel", "broken"],
      ["zitadel", "broken"],
    ]);
    // It needs no fault, so that both cells link to one counterexample.
    expect(counterexamples).toMatchObject([{ id: "counterexample-1", faults: "", invariants: ["no-spurious-logout"] }]);
    const page = readFileSync(join(report, "index.html"), "utf8");
    expect(page.match(/href="#counterexample-1">broken/g)).toHaveLength(2);
  });

  it("goes on where an earlier one ended, and comes to what a whole one comes to", () => {
    const [part, whole, again] = ["part.json", "whole.json", "again.json"].map((name) => join(folder, name)) as [string, string, string];
    const own = ["--target", "reference", "--faults", "none", "--jobs", "1", "--report", join(folder, "report")];
    expect(matrix(...own, "--profile", "zitadel", "--json", part).status).toBe(0);
    expect(matrix(...own, "--profile", "zitadel,logto", "--json", whole).status).toBe(0);
    expect(matrix(...own, "--profile", "zitadel,logto", "--json", again, "--continue", part).status).toBe(0);
    const [{ cells, counterexamples }, other] = [whole, again].map((file) => parseReliability(readFileSync(file, "utf8"))) as [
      ReliabilityResult,
      ReliabilityResult,
    ];
    expect(new Set(other.cells.map((cell) => JSON.stringify(cell)))).toEqual(new Set(cells.map((cell) => JSON.stringify(cell))));
    expect(other.counterexamples).toEqual(counterexamples);
    // What was searched less than is asked now is searched again.
    const few = join(folder, "few.json");
    expect(matrix(...own, "--profile", "logto", "--schedules", "20", "--json", few).status).toBe(0);
    expect(matrix(...own, "--profile", "zitadel,logto", "--json", again, "--continue", few).status).toBe(0);
    expect(parseReliability(readFileSync(again, "utf8")).cells.filter(({ outcome }) => outcome === "held")).toEqual([]);
    const { status, stderr } = matrix(...own, "--seed", "2", "--continue", part);
    expect([status, stderr]).toEqual([2, expect.stringContaining("expected a matrix with seed 2")]);
  });

  it.each([
    [["--profile", "nobody"], 'expected a profile, got "nobody"'],
    [["--faults", "rain"], 'expected a thing that may go wrong, got "rain"'],
    [["--target", "nothing"], 'expected a target, got "nothing"'],
    [["--target", "reference,reference"], 'got two that are called "reference"'],
  ])("refuses %s with one clear error, and writes nothing", (words, said) => {
    const report = join(folder, "none");
    const { status, stderr } = matrix(...words, "--report", report);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
    expect(() => readFileSync(join(report, "index.html"))).toThrow("ENOENT");
  });
});
