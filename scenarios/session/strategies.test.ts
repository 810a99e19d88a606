import { describe, expect, it } from "vitest";
import { runCell } from "../../harness/lanes/cell.ts";
import type { CellResult, CellSpec } from "../../harness/model/cell.ts";
import { cellOf } from "../cells.testing.ts";

const STRATEGIES = ["ledger", "server-session"] as const;
/** Issuers that answer a replay of a spent token for a while: nothing need be lost as long as somebody is left to ask. */
const FORGIVING = ["workos", "logto"] as const;
const STRICT = ["better-auth", "zitadel"] as const;
const PROFILES = [...FORGIVING, ...STRICT] as const;
const ISOLATES = [1, 2, 4] as const;

/** Losses on both wires, and an isolate that dies in the middle of it. */
const EVERYTHING = { "browser-response-lost": 1, "issuer-response-lost": 1, "isolate-killed": 1 };

async function result(change: Partial<CellSpec>): Promise<CellResult> {
  return (await runCell(await cellOf({ loads: 4, schedules: 30, ...change }))).result;
}

const holds = { verdict: "holds", error: null };

describe.each(STRATEGIES)("%s", (strategy) => {
  describe.each(PROFILES)("under %s", (profile) => {
    it.each(ISOLATES)("holds on %i isolates in FIFO order and in any other", async (isolates) => {
      expect(await result({ strategy, profile, isolates, loads: 8, explore: "fifo" })).toMatchObject(holds);
      expect(await result({ strategy, profile, isolates, loads: 8 })).toMatchObject({ ...holds, schedules: 30 });
    });

    it.each(ISOLATES)("loses nothing on %i isolates when answers to the browser are lost", async (isolates) => {
      expect(await result({ strategy, profile, isolates, faults: { "browser-response-lost": 2 } })).toMatchObject(holds);
    });

    it.each(ISOLATES)("holds on %i isolates when time passes while messages and statements are on their way", async (isolates) => {
      expect(await result({ strategy, profile, isolates, timeSteps: 1 })).toMatchObject(holds);
    });

    it("rides out an issuer that is down", async () => {
      expect(await result({ strategy, profile, isolates: 2, faults: { "issuer-503": 2, "issuer-html-502": 1 } })).toMatchObject(holds);
    });

    it("holds when a document is loaded with its fetches", async () => {
      expect(await result({ strategy, profile, isolates: 2, loads: 2, page: "document", schedules: 20 })).toMatchObject(holds);
    });
  });

  describe.each(FORGIVING)("under %s, with somebody who loads again what did not come", (profile) => {
    it.each(ISOLATES)("loses nothing at all on %i isolates, whatever is lost and whoever dies", async (isolates) => {
      const scenario = "reloads-at-expiry";
      expect(await result({ scenario, strategy, profile, isolates, faults: EVERYTHING })).toMatchObject(holds);
    });
  });

  describe.each(FORGIVING)("under %s, with somebody who does not", (profile) => {
    it.each(ISOLATES)("loses on %i isolates only what nobody was left to ask for", async (isolates) => {
      const { verdict, error } = await result({ strategy, profile, isolates, faults: EVERYTHING });
      expect([verdict, error]).toEqual([isolates === 1 ? "cannot-be-had" : "holds", null]);
    });
  });

  describe.each(STRICT)("under %s", (profile) => {
    it.each(ISOLATES)("loses on %i isolates only what the issuer gives nobody again", async (isolates) => {
      for (const scenario of ["page-loads-at-expiry", "reloads-at-expiry"]) {
        const { verdict, error, schedules } = await result({ scenario, strategy, profile, isolates, faults: EVERYTHING });
        expect([verdict, error, schedules]).toEqual(["cannot-be-had", null, 30]);
      }
    });
  });
});

describe("the checks that these cells rest on can fail", () => {
  it("single-flight does not survive the death of an isolate under a forgiving issuer once time passes", async () => {
    const cell = { strategy: "single-flight", profile: "workos", isolates: 2, timeSteps: 1, schedules: 300 };
    expect((await result(cell)).verdict).toBe("violated");
  });

  it("a client that does not ask again in time is at fault, and no limit of the issuer excuses it", async () => {
    const cell = { strategy: "single-flight", profile: "workos", isolates: 1, faults: { "issuer-response-lost": 1 }, schedules: 100 };
    expect((await result(cell)).verdict).toBe("violated");
  });
});
