import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import axe from "axe-core";
import { findChromium } from "../../harness/lanes/browser/chromium.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import { shrinkReport } from "../../harness/lanes/shrink-report.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { cellOf } from "../cells.testing.ts";

const CELLS: readonly Partial<CellSpec>[] = [
  { strategy: "naive", profile: "better-auth", loads: 3 },
  { strategy: "single-flight", profile: "zitadel", loads: 3, explore: "portfolio", isolates: 2 },
  { strategy: "ledger", profile: "zitadel", loads: 2, explore: "random", faults: { "issuer-response-lost": 1 }, schedules: 40 },
  { strategy: "ledger", profile: "workos", loads: 2, explore: "exhaustive", schedules: 10_000 },
  { strategy: "naive", profile: "workos", scenario: "logout-during-refresh", loads: 1, expect: "violated", schedules: 3 },
];

/** A report with one cell of each kind, as a file to be opened from disk. */
export async function writtenReport(): Promise<string> {
  const reports = [];
  for (const change of CELLS) {
    const cell = await cellOf(change);
    reports.push(await shrinkReport(cell, await runCell(cell)));
  }
  const strange = reports.find(({ result }) => result.error !== null);
  if (strange !== undefined) throw new Error(`expected five cells without an error, got ${strange.result.error?.message}`);
  const run = { version: 1, seed: 1, cells: reports.map(({ result }) => result) } as const;
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-report-")), "index.html");
  writeFileSync(file, renderHtml(run, reports, { command: "npm run -s holdfast --" }));
  return pathToFileURL(file).href;
}

export async function openBrowser(): Promise<Browser> {
  const { executablePath, args } = await findChromium();
  return chromium.launch({ executablePath, args: [...args] });
}

/** What axe finds wrong with a page, a line each. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // Not as a script tag, which the page's own policy refuses.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
  });
}

interface Axe {
  run(): Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }>;
}
