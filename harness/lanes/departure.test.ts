import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import { reference } from "../targets/reference/target.ts";
import { replayCell, runCell } from "./cell.ts";
import { departureOf, stepChecks } from "./departure.ts";
import { decodeReplay } from "./replay-string.ts";

const lines = ["1 a", "2 b", "3 c", "4 d"];
const recorded = { schedule: [0, 2], checks: stepChecks(lines), traceHash: "recorded" };
const played = { schedule: [0, 2, 0, 0], lines, traceHash: "played" };

describe("a replay", () => {
  it("of the same trace departs nowhere", () => {
    expect(departureOf(recorded, { ...played, traceHash: "recorded" })).toBeNull();
  });

  it("departs in the first step that is another one, whatever comes after", () => {
    for (const [index] of lines.entries()) {
      const other = lines.with(index, "something else");
      expect(departureOf(recorded, { ...played, lines: other })).toEqual({ step: index + 1, how: "another step" });
    }
  });

  it("departs where what was chosen is not possible any more", () => {
    expect(departureOf(recorded, { ...played, schedule: [0, 0, 0, 0] })).toEqual({ step: 2, how: "no such choice" });
  });

  it("departs where it ends, or where the recorded one had ended", () => {
    expect(departureOf(recorded, { ...played, lines: lines.slice(0, 3), schedule: [0, 2, 0] })).toEqual({ step: 4, how: "ended" });
    expect(departureOf(recorded, { ...played, lines: [...lines, "5 e"], schedule: [0, 2, 0, 0, 0] })).toEqual({ step: 5, how: "goes on" });
  });

  it("whose steps are all the same departs in what they carry", () => {
    expect(departureOf(recorded, played)).toEqual({ step: null, how: "another message" });
  });

  it("of a string without checks departs where a choice is missing, or it is not known where", () => {
    const old = { ...recorded, checks: null };
    expect(departureOf(old, { ...played, schedule: [0, 0, 0, 0] })).toEqual({ step: 2, how: "no such choice" });
    expect(departureOf(old, { ...played, lines: ["1 a"], schedule: [0] })).toEqual({ step: 2, how: "ended" });
    expect(departureOf(old, played)).toEqual({ step: null, how: "unknown" });
  });
});

describe("the checks of the steps", () => {
  it("are a byte each", () => {
    expect(Buffer.from(stepChecks(lines), "base64url")).toHaveLength(4);
  });

  it("are the same up to the step that is another one, and nearly never the same from there on", () => {
    const many = Array.from({ length: 64 }, (_, step) => `${step}`);
    const bytes = Buffer.from(stepChecks(many), "base64url");
    const others = Buffer.from(stepChecks(many.with(20, "x")), "base64url");
    expect(others.subarray(0, 20)).toEqual(bytes.subarray(0, 20));
    expect([...others.subarray(20)].filter((byte, index) => byte === bytes[20 + index]).length).toBeLessThan(4);
  });
});

describe("a replay of real code that has changed", () => {
  const cell = { strategy: "single-flight", profile: "better-auth", loads: 3, schedules: 500 };

  it("says the first step in which it departs, and goes on as near to the recorded order as it can", async () => {
    const { result } = await runCell(await cellOf(cell));
    const { schedule, checks, traceHash } = decodeReplay(result.violations[0]?.replay ?? "");
    const changed = {
      ...reference,
      // It asks for the key set before anything else, as after an upgrade of a library.
      async create(environment: Parameters<typeof reference.create>[0]) {
        const instance = await reference.create(environment);
        return {
          async fetch(request: Request) {
            if (new URL(request.url).pathname === "/")
              await environment.fetch(`${environment.issuer.origin}/sso/jwks/${environment.issuer.clientId}`);
            return instance.fetch(request);
          },
        };
      },
    };
    const same = await replayCell(await cellOf(cell), schedule);
    expect(departureOf({ schedule, checks, traceHash }, same)).toBeNull();

    const replayed = await replayCell(await cellOf(cell, { target: changed }), schedule);
    const departure = departureOf({ schedule, checks, traceHash }, replayed);
    const first = replayed.lines.findIndex((line, index) => line !== same.lines[index]) + 1;
    expect(departure).toEqual({ step: first, how: "another step" });
    expect(replayed.lines[first - 1]).toContain("/sso/jwks/");
    expect(replayed.report.result.error).toBeNull();
  });

  it("shows the steps up to where it failed, also when it did not come to its end", async () => {
    const silent = { ...reference, create: () => ({ fetch: () => new Promise<Response>(() => {}) }) };
    const replayed = await replayCell(await cellOf(cell, { target: silent }), [0, 0, 1]);
    expect(replayed.report.result.error).toMatchObject({ code: "DEADLOCK" });
    expect(replayed.traceHash).toBeNull();
    expect(replayed.trace.map(({ label }) => label)).toEqual(["GET /login for ada/sign-in"]);
    expect(departureOf({ schedule: [0, 0, 1], checks: null, traceHash: "x" }, replayed)).toEqual({ step: 2, how: "ended" });
  });

  it("need not reach what a search of its scenario must: one load alone is a run as well", async () => {
    const replayed = await replayCell(await cellOf({ loads: 1 }), []);
    expect(replayed.report.result).toMatchObject({ verdict: "holds", error: null });
  });
});
