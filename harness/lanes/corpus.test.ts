import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { reference } from "../targets/reference/target.ts";
import { replayCell, runCell } from "./cell.ts";
import { parseTrace, playTrace, type RecordedTrace, recordedAnew, signatureOf, traceOf, traceText } from "./corpus.ts";
import { decodeReplay } from "./replay-string.ts";
import { shrinkReport } from "./shrink-report.ts";

async function found(change: Partial<CellSpec> = {}): Promise<CellReport> {
  const cell = await cellOf({ strategy: "naive", profile: "zitadel", loads: 3, explore: "fifo", ...change });
  return shrinkReport(cell, await runCell(cell));
}

const kept = async (change: Partial<CellSpec> = {}) => traceOf(await found(change), "a test") as RecordedTrace;

describe("a recorded trace", () => {
  it("is named by its cell and its invariant, and says what it is expected to come to", async () => {
    expect(await kept()).toMatchObject({
      name: "page-loads-at-expiry-reference-naive-zitadel-no-spurious-logout",
      why: "a test",
      verdict: "violated",
      invariant: "no-spurious-logout",
      because: expect.arrayContaining([expect.stringContaining("isolate-1 presents RT F1.g0 again")]),
    });
  });

  it("is none where nothing was broken", async () => {
    expect(traceOf(await runCell(await cellOf({ explore: "fifo" })), "a test")).toBeNull();
  });

  it("is read as it was written", async () => {
    const trace = await kept();
    expect(parseTrace(traceText(trace), "x.json")).toEqual(trace);
    expect(traceText(parseTrace(traceText(trace), "x.json"))).toBe(traceText(trace));
  });

  it.each<[string, (trace: RecordedTrace) => string, string]>([
    ["is no JSON", () => "{", "expected a recorded trace in x.json"],
    ["lacks something", ({ why: _why, ...rest }) => JSON.stringify(rest), "why"],
    ["has something else in it", (trace) => JSON.stringify({ ...trace, secret: 1 }), "secret"],
    ["has a name that could be a path", (trace) => JSON.stringify({ ...trace, name: "../x" }), "letters, digits and hyphens"],
    ["names no invariant", (trace) => JSON.stringify({ ...trace, invariant: "no-rain" }), "invariant"],
    ["has a replay string that is damaged", (trace) => JSON.stringify({ ...trace, replay: `${trace.replay}x` }), "damaged"],
  ])("is refused by its file's name when it %s", async (_, text, message) => {
    const broken = text(await kept());
    expect(() => parseTrace(broken, "x.json")).toThrow(expect.objectContaining({ code: "BAD_REPLAY" }));
    expect(() => parseTrace(broken, "x.json")).toThrow(/x\.json/);
    expect(() => parseTrace(broken, "x.json")).toThrow(message);
  });
});

describe("the signature of a trace", () => {
  it("is the same for another search that found the same", async () => {
    const [one, two] = [await kept({ explore: "fifo" }), await kept({ explore: "random", seed: 4, loads: 6 })];
    expect(signatureOf(two)).toBe(signatureOf(one));
  });

  it("does not tell which of the loads it was, or in which step", async () => {
    const trace = await kept();
    const because = trace.because.map((sentence) => sentence.replace(/^step \d+/, "step 99").replaceAll("/load-2", "/load-7"));
    expect(signatureOf({ ...trace, because })).toBe(signatureOf(trace));
  });

  it("tells another cell, invariant, verdict or story apart", async () => {
    const trace = await kept();
    const others = [
      await kept({ profile: "better-auth" }),
      { ...trace, invariant: "no-cross-talk" as const },
      { ...trace, verdict: "cannot-be-had" as const },
      { ...trace, because: trace.because.slice(1) },
    ];
    expect(new Set([trace, ...others].map(signatureOf)).size).toBe(5);
  });
});

describe("a trace that is played again", () => {
  it("comes to what is recorded, and departs nowhere", async () => {
    const trace = await kept();
    const { spec } = decodeReplay(trace.replay);
    expect(await playTrace(await cellOf({ ...spec, explore: "fifo" }), trace)).toEqual({
      verdict: "violated",
      invariants: ["no-spurious-logout"],
      departure: null,
      error: null,
    });
  });

  it("against code that was mended says what it comes to now, and where it departs", async () => {
    const trace = await kept();
    const { spec } = decodeReplay(trace.replay);
    const mended = {
      ...reference,
      create: (environment: Parameters<typeof reference.create>[0]) => reference.create({ ...environment, strategy: "ledger" }),
    };
    const outcome = await playTrace(await cellOf({ ...spec, explore: "fifo" }, { target: mended }), trace);
    expect(outcome).toMatchObject({ verdict: "holds", invariants: [], error: null });
    expect(outcome.departure?.step).toBeGreaterThan(0);
  });

  it("is recorded anew with what it comes to now, under its name and for its reason", async () => {
    const trace = await kept();
    const { spec, schedule } = decodeReplay(trace.replay);
    const same = await replayCell(await cellOf({ ...spec, explore: "fifo" }), schedule);
    expect(recordedAnew(trace, same)).toEqual(trace);

    const mended = {
      ...reference,
      create: (environment: Parameters<typeof reference.create>[0]) => reference.create({ ...environment, strategy: "ledger" }),
    };
    const cell = await cellOf({ ...spec, explore: "fifo" }, { target: mended });
    const now = recordedAnew(trace, await replayCell(cell, schedule)) as RecordedTrace;
    expect(now).toMatchObject({ name: trace.name, why: trace.why, verdict: "holds", invariant: null, because: [] });
    expect(await playTrace(cell, now)).toMatchObject({ verdict: "holds", departure: null });
  });

  it("is not recorded anew where it did not come to its end", async () => {
    const trace = await kept();
    const { spec, schedule } = decodeReplay(trace.replay);
    const silent = { ...reference, create: () => ({ fetch: () => new Promise<Response>(() => {}) }) };
    expect(recordedAnew(trace, await replayCell(await cellOf({ ...spec, explore: "fifo" }, { target: silent }), schedule))).toBeNull();
  });
});
