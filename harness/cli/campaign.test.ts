import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "../lanes/postgres/create-database.ts";
import { openTestServer } from "../lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../lanes/postgres/server.ts";
import type { CampaignStatus } from "../model/campaign.ts";
import type { RunResult } from "../model/cell.ts";
import { readCampaignConfig } from "./campaign-config.ts";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");
const CONFIG = {
  name: "small",
  schedulesPerJob: 40,
  cells: [
    {
      scenario: "page-loads-at-expiry",
      profile: ["logto", "zitadel"],
      strategy: "single-flight",
      loads: 2,
      explore: "random",
      schedules: 40,
    },
  ],
};

let server: PostgresServer;
let folder = "";
let url = "";
beforeAll(async () => {
  server = await openTestServer();
  folder = mkdtempSync(join(tmpdir(), "holdfast-campaign-"));
  ({ url } = await createDatabase(server.address));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function campaign(...words: string[]) {
  // Little memory, for a target that takes all of it.
  const environment = { ...process.env, NO_COLOR: "1", DATABASE_URL: url, NODE_OPTIONS: "--max-old-space-size=200" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "campaign", ...words], {
    ...{ cwd: folder, env: environment, encoding: "utf8" },
  });
  return { status, stdout, stderr };
}

function written(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

describe("holdfast campaign", () => {
  it("begins, works, says how far it is, and reports what a run would", () => {
    const none = campaign("status");
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("expected a campaign, and there is none yet")]);

    const begun = campaign("start", written("small.json", CONFIG));
    expect([begun.status, begun.stderr]).toEqual([0, ""]);
    expect(begun.stdout).toMatch(/^Campaign 1, small: 2 cells in 2 jobs, at most 1 min of one core\.\nIts code is \d/);
    const early = campaign("report", "--report", join(folder, "early"));
    expect([early.status, early.stdout]).toEqual([3, expect.stringContaining("2 were not begun")]);

    const worked = campaign("work", "--jobs", "1");
    expect([worked.status, worked.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^2 jobs, \d+ schedules; \d+\.\d % of the time went into the queue\.\nWhat it came to: holdfast campaign report 1\n$/,
      ),
    ]);

    const told = campaign("status", "small", "--json", "-");
    expect(JSON.parse(told.stdout) as CampaignStatus).toMatchObject({
      ...{ cells: 2, jobs: { open: 0, done: 2, aside: 0 }, violations: 1, limits: 0, workers: 0 },
      campaign: { id: 1, name: "small", isStopped: false },
    });
    expect(campaign("status").stdout).toContain("2 of 2 jobs done");

    const report = campaign(
      "report",
      "1",
      "--json",
      join(folder, "report.json"),
      "--report",
      join(folder, "report"),
      "--corpus",
      join(folder, "corpus"),
    );
    // Nobody said that a cell may break.
    expect(report.status).toBe(1);
    expect(report.stdout).toContain("Recorded: ");
    const { cells } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as RunResult;
    expect(cells.map(({ profile, verdict }) => [profile, verdict])).toEqual([
      ["logto", "holds"],
      ["zitadel", "violated"],
    ]);
    expect(readFileSync(join(folder, "report", "index.html"), "utf8")).toContain("zitadel");
  }, 180_000);

  it("refuses workers of other code, and says which there is and which it is", async () => {
    expect(campaign("start", written("other.json", { ...CONFIG, name: "other" })).status).toBe(0);
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: url });
    // The server may end before this connection has.
    client.on("error", () => {});
    await client.connect();
    await client.query("update holdfast_campaigns set code = '0.0.0-000000000000' where name = 'other'");
    await client.end();
    const { status, stderr } = campaign("work", "other");
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/expected the code of campaign \d+, which is 0\.0\.0-000000000000, got 0\.0\.0-[0-9a-f]{12}/),
    ]);
  }, 120_000);

  it("stops: nobody takes a job any more", () => {
    expect(campaign("start", written("long.json", { ...CONFIG, name: "long" })).status).toBe(0);
    expect(campaign("stop", "long").stdout).toContain("is stopped");
    const worked = campaign("work", "long");
    expect([worked.stdout, worked.stderr]).toEqual([
      expect.stringMatching(/^0 jobs/),
      expect.stringContaining("is stopped: there is nothing to do"),
    ]);
    expect(campaign("status", "long").stdout).toContain("stopped");
  }, 120_000);

  it("begins nothing with a cell that ends the process in which it is tried", () => {
    const cell = { scenario: "page-loads-at-expiry", target: resolve("fixtures/targets/takes-all-memory.ts"), strategy: "greedy" };
    const config = written("greedy.json", { name: "greedy", cells: [{ ...cell, profile: "workos", schedules: 3 }] });
    const { status, stderr } = campaign("start", config);
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/error TARGET_CRASHED: expected a few schedules of .*, greedy, workos to tell how long one takes: its process/),
    ]);
    expect(campaign("status", "greedy").stderr).toContain('expected a campaign by number or name, got "greedy"');
  }, 120_000);

  it("says no part of a password that a URL hides badly", () => {
    const { stderr } = spawnSync(process.execPath, [MAIN, "campaign", "status"], {
      env: { ...process.env, DATABASE_URL: "postgres://ada:47#hunter2@127.0.0.1:9/none" },
      encoding: "utf8",
    });
    expect(stderr).toContain("expected a Postgres server at DATABASE_URL, got ");
    expect(stderr).not.toMatch(/hunter2|47/);
  }, 30_000);

  it("says in one line what is wrong with its database, and no password", () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, "campaign", "status"], {
      env: { ...process.env, DATABASE_URL: "postgres://ada:hunter2@127.0.0.1:9/none" },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining("expected a Postgres server at 127.0.0.1:9, got ECONNREFUSED")]);
    expect(stderr).not.toContain("hunter2");
  });
});

describe("the configuration of a campaign", () => {
  it.each([
    ["no JSON", "cells:", "bad.json to be JSON, but Unexpected token"],
    ["no name", { cells: CONFIG.cells }, "expected name of"],
    ["no cells", { name: "none" }, "expected cells in"],
    ["a misspelt field", { ...CONFIG, cel: [] }, /expected nothing unknown in .*bad.json, got "cel"/],
    ["a misspelt field of a cell", { ...CONFIG, cells: [{ stratagy: "ledger" }] }, /unknown in cells.0 of .*bad.json, got "stratagy"/],
    ["an unknown profile", { ...CONFIG, cells: [{ profile: "nobody" }] }, 'got "nobody"'],
    ["an unknown explorer", { ...CONFIG, cells: [{ ...CONFIG.cells[0], explore: "luck" }] }, 'got "luck"'],
    ["an unknown fault", { ...CONFIG, cells: [{ ...CONFIG.cells[0], faults: "rain" }] }, "rain"],
    ["no schedules at all", { ...CONFIG, cells: [{ ...CONFIG.cells[0], schedules: 0 }] }, "a whole number from 1"],
  ])("is refused with %s", async (_what, content, said) => {
    await expect(readCampaignConfig(written("bad.json", content))).rejects.toThrow(said);
  });

  it("is refused where there is none", async () => {
    await expect(readCampaignConfig(join(folder, "nothing.json"))).rejects.toThrow("expected to read");
  });

  it("stands for each value of each list with each of all others", async () => {
    const lists = { ...CONFIG.cells[0], strategy: ["ledger", "naive"], loads: [2, 3], seeds: 2 };
    const { cells } = await readCampaignConfig(written("lists.json", { ...CONFIG, seed: 7, cells: [lists] }));
    expect(cells).toHaveLength(2 * 2 * 2 * 2);
    expect(new Set(cells.map(({ seed }) => seed))).toEqual(new Set([7, 8]));
  });

  it.each(["nightly", "minute"])("that comes with Holdfast is one: %s", async (name) => {
    const { cells } = await readCampaignConfig(resolve(import.meta.dirname, `../../fixtures/campaigns/${name}.json`));
    expect(cells.length).toBeGreaterThan(2);
  });
});
