import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RunResult } from "../model/cell.ts";
import type { ReliabilityCell } from "../model/reliability.ts";
import { bugOf, catalogueOf } from "../report/catalogue.testing.ts";
import { cellResult } from "../report/cells.testing.ts";
import { renderCatalogueJson, renderJson, renderReliabilityJson } from "../report/index.ts";
import { reliability } from "../report/reliability.testing.ts";
import { type GateOptions, gate } from "./gate.ts";

let folder: string;
const said: string[] = [];
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-gate-"));
  said.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function wrote(name: string, cells: RunResult["cells"], over: Partial<RunResult> = {}): string {
  writeFileSync(at(name), renderJson({ version: 1, seed: 1, cells, ...over }));
  return at(name);
}

function catalogued(name: string, found: boolean): string {
  writeFileSync(at(name), renderCatalogueJson(catalogueOf({ bugs: [bugOf({ id: "01-race", found })], correct: [] })));
  return at(name);
}

const run = (files: readonly string[], options: Partial<GateOptions> = {}) => gate(files, { baseline: at("baseline.json"), ...options });

it("writes a baseline, is open to the same results, and shut to worse ones", async () => {
  const good = wrote("good.json", [cellResult({ completeness: "complete" })]);
  expect(await run([good, catalogued("c.json", true)], { update: true })).toBe(0);
  expect(said.join("")).toContain("baseline.json: 1 cell, 1 known bug.");
  expect(await run([good, at("c.json")])).toBe(0);
  const worse = wrote("worse.json", [cellResult()]);
  said.length = 0;
  expect(await run([worse, catalogued("c.json", false)])).toBe(1);
  expect(said.join("")).toContain("Proofs that are lost (1)");
  expect(said.join("")).toContain("Known bugs that are missed (1)");
});

it("writes the comparison as JSON, too", async () => {
  const file = wrote("a.json", [cellResult()]);
  await run([file], { update: true });
  expect(await run([file], { json: at("gate.json") })).toBe(0);
  expect(JSON.parse(readFileSync(at("gate.json"), "utf8"))).toEqual({ version: 1, falls: [], same: 1, better: [], unknown: [] });
});

it("joins the results of several runs", async () => {
  const files = ["workos", "logto"].map((profile) => wrote(`${profile}.json`, [cellResult({ profile })]));
  await run(files, { update: true });
  expect(await run(files)).toBe(0);
  expect(await run(files.slice(0, 1))).toBe(1);
});

it("says what a new baseline takes in that is worse, and takes no file that is none", async () => {
  await run([wrote("good.json", [cellResult({ completeness: "complete" })])], { update: true });
  said.length = 0;
  const broken = { invariant: "no-spurious-logout" as const, because: ["step 1"], replay: "hf1_x" };
  expect(await run([wrote("worse.json", [cellResult({ verdict: "violated", violations: [broken] })])], { update: true })).toBe(0);
  expect(said.join("")).toContain("Worse than before, and from now on as it should be:\n\nNew violations (1)");
  expect(said.join("")).toContain("baseline.json: 1 cell (1 VIOLATED), no catalogue of known bugs.");

  writeFileSync(at("package.json"), '{"name":"shop"}');
  await expect(run([at("worse.json")], { update: true, baseline: at("package.json") })).rejects.toMatchObject({ code: "BAD_USAGE" });
  expect(readFileSync(at("package.json"), "utf8")).toBe('{"name":"shop"}');
});

it("takes the matrix, whose cells fall like any others", async () => {
  const matrix = (name: string, change: Partial<ReliabilityCell> = {}) => {
    const whole = reliability();
    const [first, ...others] = whole.cells;
    writeFileSync(at(name), renderReliabilityJson({ ...whole, cells: [{ ...(first as ReliabilityCell), ...change }, ...others] }));
    return at(name);
  };
  const before = [wrote("run.json", [cellResult()]), matrix("matrix.json")];
  await run(before, { update: true });
  expect(said.join("")).toContain("baseline.json: 5 cells (3 hold, 2 VIOLATED), no catalogue of known bugs.");
  expect(await run(before)).toBe(0);
  said.length = 0;
  expect(await run([at("run.json"), matrix("held.json", { outcome: "held", complete: false, schedules: 500 })])).toBe(1);
  expect(said.join("")).toContain("Proofs that are lost (1)");
  expect(said.join("")).toContain("page-loads-at-expiry · 2 loads · reference/naive · workos · 2 isolates · matrix · crypto=inline");
  said.length = 0;
  expect(
    await run([at("run.json"), matrix("broken.json", { outcome: "broken", complete: false, counterexample: "counterexample-1" })]),
  ).toBe(1);
  expect(said.join("")).toContain("proved before, VIOLATED (no-spurious-logout) now");
  expect(await run([at("run.json")])).toBe(1);
  // Two of them are two: what both have is twice there.
  await expect(run([at("matrix.json"), at("held.json")], { update: true })).rejects.toThrow("expected one result a cell");
});

it.each<[string, () => readonly string[], string]>([
  ["no results", () => [at("nothing.json")], "expected to read"],
  ["no baseline", () => [wrote("a.json", [])], "baseline.json, but"],
  [
    "what is no JSON, and does not quote the whole of it",
    () => {
      writeFileSync(at("index.html"), `<!doctype html>${"secret ".repeat(1_000)}`);
      return [at("index.html")];
    },
    "index.html to be JSON, but Unexpected token '<'",
  ],
  ["a run that was stopped", () => [wrote("a.json", [], { notStarted: 2 })], "got one that somebody stopped"],
  [
    "a matrix that was stopped",
    () => {
      writeFileSync(at("m.json"), renderReliabilityJson(reliability({ notEnded: 1 })));
      return [at("m.json")];
    },
    "got one that somebody stopped",
  ],
  ["a search that was cut off", () => [wrote("a.json", [cellResult({ interrupted: true })])], "got one that somebody stopped"],
  [
    "something else",
    () => [catalogued("c.json", true), "package.json"],
    "expected package.json to be the results of a run, of the matrix or of the catalogue",
  ],
])("says what is wrong with %s", async (_, files, message) => {
  await expect(run(files())).rejects.toMatchObject({ code: "BAD_USAGE", message: expect.stringContaining(message) });
});
