import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import { runCell } from "../lanes/cell.ts";
import { traceOf, traceText } from "../lanes/corpus.ts";
import { shrinkReport } from "../lanes/shrink-report.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { fitting, type PlayedTrace, readCorpus, record, resultOf, type TraceFile } from "./corpus.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-corpus-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function report(change: Partial<CellSpec> = {}): Promise<CellReport> {
  const cell = await cellOf({ strategy: "naive", profile: "zitadel", loads: 3, explore: "fifo", ...change });
  return shrinkReport(cell, await runCell(cell));
}

const asRecorded = { verdict: "violated", invariants: ["no-spurious-logout"], departure: null, error: null } as const;
const departed = { ...asRecorded, departure: { step: 3, how: "another step" } } as const;

function played({ file, trace }: TraceFile, outcome: PlayedTrace["outcome"]): PlayedTrace {
  return { file, trace, outcome };
}

describe("what is recorded", () => {
  it("is a file for each thing that was found, and none for what holds", async () => {
    const reports = [await report(), await report({ profile: "better-auth" }), await report({ strategy: "ledger" })];
    const recordings = await record(folder, reports, [], []);
    expect(recordings.map(({ what }) => what)).toEqual(["added", "added"]);
    expect(readdirSync(folder).sort()).toEqual([
      "page-loads-at-expiry-reference-naive-better-auth-no-spurious-logout.json",
      "page-loads-at-expiry-reference-naive-zitadel-no-spurious-logout.json",
    ]);
    expect((await readCorpus(folder)).map(({ trace }) => trace.verdict)).toEqual(["violated", "violated"]);
  });

  it("is not recorded twice: neither in one run nor in the next", async () => {
    const [one, two] = [await report(), await report({ explore: "random", seed: 3, loads: 5 })];
    expect((await record(folder, [one, two], [], [])).map(({ what }) => what)).toEqual(["added", "already there"]);
    expect((await record(folder, [two], await readCorpus(folder), [])).map(({ what }) => what)).toEqual(["already there"]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("takes the place of a trace that has departed, and keeps its name and its reason", async () => {
    const found = await report();
    await record(folder, [found], [], []);
    const [before] = await readCorpus(folder);
    const named = { ...(before as TraceFile).trace, name: "two-pages", why: "the first bug that we ever had" };
    rmSync((before as TraceFile).file);
    writeFileSync(join(folder, "two-pages.json"), traceText(named));
    const corpus = await readCorpus(folder);

    const recordings = await record(folder, [found], corpus, [resultOf(played(corpus[0] as TraceFile, departed))]);
    expect(recordings).toEqual([{ file: join(folder, "two-pages.json"), what: "recorded anew" }]);
    expect(readdirSync(folder)).toEqual(["two-pages.json"]);
    expect(JSON.parse(readFileSync(join(folder, "two-pages.json"), "utf8"))).toMatchObject({ name: "two-pages", why: named.why });
  });

  it("has a number behind its name where another thing has that name", async () => {
    const found = await report();
    const other = { ...traceOf(found, "x"), because: ["another story"] } as never;
    writeFileSync(join(folder, "page-loads-at-expiry-reference-naive-zitadel-no-spurious-logout.json"), traceText(other));
    await record(folder, [found], await readCorpus(folder), []);
    expect(readdirSync(folder)).toContain("page-loads-at-expiry-reference-naive-zitadel-no-spurious-logout-2.json");
  });
});

describe("the traces that are played", () => {
  it("are those of cells that are no larger than one of the chosen ones", async () => {
    await record(folder, [await report(), await report({ isolates: 2, strategy: "single-flight" })], [], []);
    const corpus = await readCorpus(folder);
    const names = async (change: Partial<CellSpec>) => {
      const { spec } = await cellOf({ strategy: "naive", profile: "zitadel", ...change });
      return fitting(corpus, [spec]).map(({ trace }) => trace.name.match(/naive|single-flight/)?.[0]);
    };
    expect(await names({ loads: 8 })).toEqual(["naive"]);
    expect(await names({ loads: 1 })).toEqual([]);
    expect(await names({ profile: "workos" })).toEqual([]);
    expect(await names({ strategy: "single-flight", isolates: 1 })).toEqual([]);
    expect(await names({ strategy: "single-flight", isolates: 4 })).toEqual(["single-flight"]);
  });

  it("are none where there is no folder and nobody named one", async () => {
    const here = process.cwd();
    process.chdir(folder);
    expect(await readCorpus(null)).toEqual([]);
    process.chdir(here);
    await expect(readCorpus(join(folder, "nowhere"))).rejects.toMatchObject({ code: "BAD_USAGE" });
  });

  it("came to what is recorded, or did not", async () => {
    await record(folder, [await report()], [], []);
    const [file] = await readCorpus(folder);
    const result = (outcome: PlayedTrace["outcome"]) => resultOf(played(file as TraceFile, outcome));
    expect(result(asRecorded)).toMatchObject({ asRecorded: true, expect: "violated", verdict: "violated" });
    expect(result(departed)).toMatchObject({ asRecorded: true, departure: { step: 3 } });
    expect(result({ ...asRecorded, verdict: "holds", invariants: [] })).toMatchObject({ asRecorded: false });
    expect(result({ ...asRecorded, invariants: ["no-cross-talk"] })).toMatchObject({ asRecorded: false });
  });
});
