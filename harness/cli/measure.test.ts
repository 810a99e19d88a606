import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MeasureResult } from "../model/timed.ts";

const MAIN = resolve(import.meta.dirname, "holdfast.mjs");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-measure-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `holdfast measure` in a folder of its own. */
function measure(...words: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [MAIN, "measure", ...words], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stderr.on("data", (data) => {
      err += data;
    });
    child.on("error", reject);
    child.on("close", (status) => done({ status, out, err }));
  });
}

const QUICK = ["--people", "4", "--days", "1", "--profile", "better-auth", "--strategy", "ledger,naive", "--page", "request"];

describe("holdfast measure", () => {
  it("writes the same JSON for the same seed, byte for byte, on one thread and on two, but for how long it took", async () => {
    const json = async (...words: string[]) => {
      const { status, out } = await measure(...QUICK, "--json", "-", ...words);
      expect(status).toBe(0);
      return out.replace(/"durationMs": \d+/, "");
    };
    expect(await json("--jobs", "2")).toBe(await json("--jobs", "1"));
  });

  it("prints a line for each strategy and lifetime, and a story, and exits 0: how often is what was asked", async () => {
    const lifetimes = ["--access-token-lifetime", "300,1800"];
    const { status, out } = await measure(...QUICK, "--people", "2", ...lifetimes, "--latency", "issuer=80/900");
    expect(status).toBe(0);
    expect(out).toContain("latency, one way, median/p99 in ms: browser 40/400, issuer 80/900, store 1/10, crypto 0");
    expect(out.match(/^ {2}(ledger|naive) +better-auth +(5|30) min /gm)).toHaveLength(4);
    expect(out).toMatch(/^ {2}ledger .* 0 {2}< [\d,]+ +< [\d.]+$/m);
    expect(out).toMatch(/^ {2}naive .* \d+ {2}[\d,]+ \([\d,]+–[\d,]+\)/m);
    expect(out).toContain("For instance no-spurious-logout: naive under better-auth, world 1, day 1");
    expect(out).toMatch(/4 worlds of two people, \d\.\d weeks of virtual time/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes two isolates, the target's strategies and four profiles where nobody says otherwise", async () => {
    const { out } = await measure("--people", "2", "--days", "1", "--page", "request", "--json", "-", "--target", "workos-node");
    const { cells } = JSON.parse(out) as MeasureResult;
    expect(cells.map(({ strategy, profile }) => `${strategy} ${profile}`)).toEqual(
      ["workos", "better-auth", "zitadel", "logto"].map((profile) => `sealed-session ${profile}`),
    );
    expect(cells[0]).toMatchObject({ scenario: "session-days", isolates: 2, accessTokenLifetime: 300_000, seed: 1 });
  });

  it("exits 3 for a target that it cannot vouch for, and says why", async () => {
    const target = resolve(import.meta.dirname, "../../fixtures/targets/never-answers.ts");
    const { status, out } = await measure("--target", target, "--profile", "workos", "--people", "2", "--days", "1");
    expect(status).toBe(3);
    expect(out).toContain("error DEADLOCK");
  });

  it.each([
    ["an unknown scenario", ["weekends"], "expected a timed scenario"],
    ["a scenario of a search", ["page-loads-at-expiry"], "expected a timed scenario"],
    ["an unknown strategy", ["--strategy", "naive,hope"], "expected a strategy of reference"],
    ["an unknown profile", ["--profile", "workos,nobody"], "expected a profile"],
    ["no name at all", ["--profile", "workos,"], "Expected names"],
    ["an unknown hop", ["--latency", "moon=1300"], "moon=1300"],
    ["an odd number of people", ["--people", "3"], "expected an even number of people, got 3"],
    ["a lifetime that is none", ["--access-token-lifetime", "300,long"], "whole number from 1 to 86400"],
    ["an unknown target", ["--target", "mine"], "expected a target"],
  ])("exits 2 for %s, with one clear error", async (_, words, message) => {
    const { status, out, err } = await measure(...words);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(message);
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(3);
  });
});
