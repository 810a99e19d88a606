import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { holding } from "../report/cells.testing.ts";
import { tellGitHub } from "./github.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-github-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const broken = holding({ verdict: "violated", violations: [{ invariant: "no-spurious-logout", because: [], replay: "hf1_x" }] });

it("adds to the step's summary and returns annotations where GitHub runs it", async () => {
  const file = join(folder, "summary.md");
  const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: file };
  expect(await tellGitHub([broken], environment, "npx holdfast")).toMatch(/^::error title=page-loads-at-expiry::/);
  await tellGitHub([holding()], environment, "npx holdfast");
  expect(readFileSync(file, "utf8").match(/### Holdfast/g)).toHaveLength(2);
});

it("says nothing elsewhere, and where there is no file for a summary prints annotations alone", async () => {
  expect(await tellGitHub([broken], {}, "npx holdfast")).toBe("");
  expect(await tellGitHub([broken], { GITHUB_ACTIONS: "true" }, "npx holdfast")).toContain("::error");
});

it("says so where the summary cannot be written", async () => {
  await expect(tellGitHub([broken], { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: folder }, "npx holdfast")).rejects.toMatchObject({
    code: "BAD_USAGE",
  });
});
