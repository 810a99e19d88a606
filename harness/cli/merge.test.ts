import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CellResult, CellSpec, RunResult } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import { defaultCells } from "./default-cells.ts";
import { merge } from "./merge.ts";
import { runShard } from "./run-shard.ts";
import { runWhole } from "./run-whole.ts";
import { SHARD_FILE, type ShardFile, shardText } from "./shard-file.ts";

const SEED = 1;
const [usual] = defaultCells(SEED) as [CellSpec];
const race: CellSpec = {
  ...usual,
  strategy: "single-flight",
  profile: "zitadel",
  loads: 3,
  isolates: 2,
  explore: "random",
  expect: "holds",
};

/** The large ones are cut, as they are more than a shard's share each: one of each verdict. Of one of them nobody expects anything. */
const SPECS: readonly CellSpec[] = [
  { ...race, profile: "workos", schedules: 36 },
  { ...race, strategy: "ledger", faults: { "issuer-response-lost": 1 }, loads: 2, schedules: 54, expect: "cannot-be-had" },
  { ...race, explore: "pct", isolates: 1, schedules: 36, expect: null },
  { ...race, explore: "delay", schedules: 10, expect: "violated" },
  { ...race, explore: "fifo", isolates: 1, schedules: 1 },
  { ...race, explore: "portfolio", strategy: "ledger", loads: 2, schedules: 10 },
  { ...race, explore: "exhaustive", profile: "workos", isolates: 1, loads: 2, schedules: 4 },
];
const TERMS = { seed: SEED, jobs: 1, shrink: true, corpus: "fixtures/traces" };

let folder = "";
let said = "";
const at = (...names: string[]) => join(folder, ...names);
const cells = { specs: SPECS, whole: true };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-shards-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  said = "";
  // A run says where it left its report, and nothing else is said of that.
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  return () => spy.mockRestore();
});

/** All that a run or a merge leaves and says, but for times and for where it is. */
async function told(name: string, tell: (outputs: { json: string; junit: string }, report: string) => Promise<number>) {
  const [json, junit] = [at(`${name}.json`), at(`${name}.xml`)];
  said = "";
  const status = await tell({ json, junit }, at(name));
  const files = (readdirSync(at(name), { recursive: true }) as string[]).filter((file) => /\.\w+$/.test(file)).sort();
  const texts = [json, junit, ...files.map((file) => at(name, file))].map((file) => timeless(readFileSync(file, "utf8")));
  return { status, said: said.replaceAll(at(name), "…"), files, texts };
}

/** A page has times as people read them, JUnit has seconds. */
function timeless(text: string): string {
  return text
    .replace(/"durationMs": \d+/g, '"durationMs": 0')
    .replace(/ time="[\d.]+"/g, ' time="0"')
    .replace(/\b\d[\d,.]* m?s\b/g, "0 s");
}

const shards = (count: number) => Array.from({ length: count }, (_, index) => at(`${index + 1}-of-${count}`));

async function runShards(count: number, of = cells): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const [index, place] of shards(count).entries()) {
    statuses.push(await runShard(of, { index: index + 1, count }, TERMS, place, null));
  }
  return statuses;
}

function read(place: string): ShardFile {
  return JSON.parse(readFileSync(join(place, SHARD_FILE), "utf8"));
}

/** Shards that somebody has changed, in folders of their own. */
function changed(name: string, change: (file: ShardFile) => ShardFile | null): string[] {
  return shards(4).flatMap((place, index) => {
    const file = change(read(place));
    if (file === null) return [];
    const other = at(name, String(index));
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, SHARD_FILE), shardText(file));
    return [other];
  });
}

function written(name: string): RunResult {
  return JSON.parse(readFileSync(at(name, "report.json"), "utf8"));
}

let whole: Awaited<ReturnType<typeof told>>;
let statuses: readonly number[] = [];
beforeAll(async () => {
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  whole = await told("whole", ({ json, junit }, report) => runWhole(cells, { ...TERMS, json, junit }, report, null));
  statuses = await runShards(4);
  spy.mockRestore();
});

describe("shards of a run, merged", () => {
  it("leave, say and mean what the run itself does, however the folders are given", async () => {
    const [first, ...others] = shards(4) as [string, string, string, string];
    const merged = await told("merged", (outputs, report) => merge([...others, join(first, SHARD_FILE)], { ...outputs, report }));
    expect(merged).toEqual(whole);
    expect(whole.status).toBe(1);
    expect(new Set(SPECS.map(({ explore }) => explore)).size).toBe(6);
    expect(written("whole").cells.map(({ verdict }) => verdict)).toEqual(SPECS.map(({ expect }) => expect ?? "violated"));
    expect(written("whole").traces?.length).toBeGreaterThan(1);
  });

  it("have parts of cells with each verdict, and made what they found small themselves", () => {
    const parts = shards(4).flatMap((place) => read(place).parts);
    expect([...new Set(parts.map(({ cell }) => cell))].sort()).toEqual([0, 1, 2]);
    const found = parts.filter(({ part }) => part.failure !== null);
    expect(found.length).toBeGreaterThan(1);
    for (const { part } of found) expect(part.smaller).toMatchObject({ failure: { verdict: part.failure?.verdict, shrunk: {} } });
    expect(shards(4).filter((place) => read(place).traces.played.length > 0).length).toBeGreaterThan(1);
  });

  it("exit 1 where they have a surprise, be it in a part, and 0 where all is open or as expected", () => {
    const surprised = shards(4).map((place) =>
      read(place).parts.some(({ cell, part }) => cell === 2 && part.failure?.verdict === "violated"),
    );
    expect(surprised).toContain(true);
    expect(surprised).toContain(false);
    expect(statuses).toEqual(surprised.map(Number));
  });

  it("of which there is one are the run itself", async () => {
    const few = { specs: SPECS.slice(3), whole: true };
    const all = await told("few", ({ json, junit }, report) => runWhole(few, { ...TERMS, json, junit }, report, null));
    expect(await runShards(1, few)).toEqual([0]);
    expect(await told("few-merged", (outputs, report) => merge(shards(1), { ...outputs, report }))).toEqual(all);
  });

  it("keep the counterexamples that are to be recorded", async () => {
    const corpus = at("corpus");
    mkdirSync(corpus);
    expect(await merge(shards(4), { report: at("recorded"), record: true, corpus })).toBe(1);
    expect(readdirSync(corpus).length).toBeGreaterThan(1);
    expect(said).toContain("(added)");
  });
});

describe("a shard that somebody stopped", () => {
  it("makes of the whole an interrupted run, with what was done", async () => {
    const places = changed("stopped", (file) => {
      if (file.shard.index !== 2) return file;
      const parts = file.parts.map(({ cell, part }) => ({ cell, part: upTo(part, 3) }));
      return { ...file, reports: file.reports.slice(1), parts, interrupted: 130 };
    });
    expect(await merge(places, { report: at("interrupted") })).toBe(130);
    const lost = read(shards(4)[1] as string).reports.slice(0, 1).length;
    const { cells: results, notStarted } = written("interrupted");
    expect(notStarted).toBe(lost);
    expect(results).toHaveLength(SPECS.length - lost);
    const cutOff = results.filter(({ interrupted }) => interrupted);
    expect(cutOff.length).toBeGreaterThan(0);
    expect(said).toContain(`Interrupted: ${results.length - cutOff.length} cells were done, ${cutOff.length} `);
  });

  it("has not begun a cell of which the first part is missing", async () => {
    const whose = shards(4).findIndex((place) => read(place).parts.some(({ part }) => part.from === 0));
    const places = changed("first", (file) =>
      file.shard.index === whose + 1 ? { ...file, parts: file.parts.filter(({ part }) => part.from !== 0), interrupted: 143 } : file,
    );
    const lost = read(shards(4)[whose] as string).parts.filter(({ part }) => part.from === 0).length;
    expect(await merge(places, { report: at("no-first") })).toBe(143);
    expect(written("no-first").notStarted).toBe(lost);
  });
});

describe("a failure of a part", () => {
  const error = { code: "NONDETERMINISM", message: "twice", hint: "look" } as const;
  /** What becomes of the cell that meets a limit of the issuer when something is changed in its parts. */
  async function limited(name: string, change: (part: Part, isFirst: boolean) => Part): Promise<CellResult> {
    const parts = shards(4).flatMap((place) =>
      read(place)
        .parts.filter(({ cell }) => cell === 1)
        .map(({ part }) => part),
    );
    const [first] = parts.filter(({ failure }) => failure !== null).sort((a, b) => a.from - b.from);
    const places = changed(name, (file) => ({
      ...file,
      parts: file.parts.map(({ cell, part }) => ({ cell, part: cell === 1 ? change(part, part.from === first?.from) : part })),
    }));
    await merge(places, { report: at(`${name}-report`) });
    return written(`${name}-report`).cells[1] as CellResult;
  }

  it("is shown small only where it is the failure of the cell", async () => {
    const { shrunk } = await limited("same", (part) => part);
    expect(shrunk).not.toBeNull();
    const afterwards = await limited("afterwards", (part, isFirst) => (isFirst ? part : { ...part, smaller: null }));
    expect(afterwards.shrunk).toEqual(shrunk);
  });

  it("that could not be made small is an error of the cell, which keeps what was found", async () => {
    const result = await limited("unshrunk", (part, isFirst) => (isFirst ? { ...part, smaller: { error } } : part));
    expect(result).toMatchObject({ verdict: "error", error, shrunk: null, violations: [{}] });
  });

  it("stays as it was found where a later part ended in an error, as no run makes such a failure small", async () => {
    const result = await limited("error", (part) => (part.from + part.schedules === SPECS[1]?.schedules ? { ...part, error } : part));
    expect(result).toMatchObject({ verdict: "error", error, shrunk: null, violations: [{}] });
  });
});

describe("what cannot be merged is refused", () => {
  const refused = (places: readonly string[]) => merge(places, { report: at("refused") });
  const badUsage = (message: RegExp) => ({ code: "BAD_USAGE", message: expect.stringMatching(message) });

  it.each<[string, RegExp, (file: ShardFile) => ShardFile | null]>([
    [
      "other code, and both are said",
      /run the same code, but .*0.* has .+, .*2.* has 9\.9\.9-abc/,
      (file) => (file.shard.index === 3 ? { ...file, code: "9.9.9-abc" } : file),
    ],
    [
      "another number of shards",
      /as many shards, but .* has 4, .* has 5/,
      (file) => (file.shard.index === 3 ? { ...file, shard: { index: 3, count: 5 } } : file),
    ],
    ["another seed", /the same seed, but .* has 1, .* has 7/, (file) => (file.shard.index === 2 ? { ...file, seed: 7 } : file)],
    ["other cells", /the same cells, but .* differ/, (file) => (file.shard.index === 2 ? { ...file, specs: SPECS.slice(1) } : file)],
    ["larger counterexamples", /alike, but .* has --no-shrink/, (file) => (file.shard.index === 4 ? { ...file, shrink: false } : file)],
    [
      "another corpus",
      /the same recorded traces/,
      (file) => (file.shard.index === 4 ? { ...file, traces: { ...file.traces, digest: "other" } } : file),
    ],
    ["one that is missing", /all 4 shards, but shard 3 of 4 is missing/, (file) => (file.shard.index === 3 ? null : file)],
    ["two that are missing", /but shards 2, 3 of 4 are missing/, (file) => ([2, 3].includes(file.shard.index) ? null : file)],
    [
      "one that is there twice",
      /got shard 2 of 4 twice: .* and /,
      (file) => (file.shard.index === 3 ? { ...file, shard: { index: 2, count: 4 } } : file),
    ],
    [
      "one that has left out a cell",
      /every schedule of every cell/,
      (file) => (file.shard.index === 1 ? { ...file, reports: file.reports.slice(1), parts: [] } : file),
    ],
    [
      "one that has left out a part",
      /every schedule of every cell/,
      (file) => ({ ...file, parts: file.parts.filter(({ part }) => part.from === 0) }),
    ],
  ])("for %s", async (name, message, change) => {
    await expect(refused(changed(`refused-${name}`.replace(/\W/g, "-"), change))).rejects.toMatchObject(badUsage(message));
  });

  it.each<[string, string | null, RegExp]>([
    ["a file that is not there", null, /to read the file of a shard, but ENOENT/],
    ["a file that is no JSON", "{", /what `holdfast run --shard` writes, got/],
    ["the JSON of a run", '{ "version": 1, "seed": 1, "cells": [] }', /code of .* to be a text, got nothing/],
    ["a file of another version", '{ "version": 2, "shard": {} }', /version 1 in .*, got version 2/],
  ])("for %s", async (_, text, message) => {
    const file = at("no-shard.json");
    rmSync(file, { force: true });
    if (text !== null) writeFileSync(file, text);
    await expect(refused([file])).rejects.toMatchObject(badUsage(message));
  });
});

function upTo(part: Part, schedules: number): Part {
  const found = part.found.slice(0, schedules);
  const states = part.states.slice(
    0,
    found.reduce((sum, count) => sum + count, 0),
  );
  return { ...part, schedules, found, states, failure: null, smaller: null, interrupted: true };
}
