import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import axe from "axe-core";
import { findChromium } from "../../harness/lanes/browser/chromium.ts";
import { runCell } from "../../harness/lanes/cell.ts";
import { reliabilityOf } from "../../harness/lanes/reliability.ts";
import { shrinkReport } from "../../harness/lanes/shrink-report.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { renderReliabilityHtml } from "../../harness/report/html-reliability.ts";
import { reliability } from "../../harness/report/reliability.testing.ts";
import { cellOf } from "../cells.testing.ts";

const CELLS: readonly Partial<CellSpec>[] = [
  { strategy: "naive", profile: "better-auth", loads: 3 },
  { strategy: "single-flight", profile: "zitadel", loads: 3, explore: "portfolio", isolates: 2 },
  { strategy: "ledger", profile: "zitadel", loads: 2, explore: "random", faults: { "issuer-response-lost": 1 }, schedules: 40 },
  { strategy: "ledger", profile: "workos", loads: 2, explore: "exhaustive", schedules: 10_000 },
  { strategy: "naive", profile: "workos", scenario: "logout-during-refresh", loads: 1, expect: "violated", schedules: 3 },
];

/** A report with one cell of each kind, and the matrix of the same clients, as files to be opened from disk. */
export async function writtenReports(): Promise<{ readonly report: string; readonly matrix: string }> {
  const reports = [];
  for (const change of CELLS) {
    const cell = await cellOf(change);
    reports.push(await shrinkReport(cell, await runCell(cell)));
  }
  const strange = reports.find(({ result }) => result.error !== null);
  if (strange !== undefined) throw new Error(`expected five cells without an error, got ${strange.result.error?.message}`);
  const run = { version: 1, seed: 1, cells: reports.map(({ result }) => result) } as const;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-report-"));
  const written = (name: string, page: string) => {
    writeFileSync(join(folder, name), page);
    return pathToFileURL(join(folder, name)).href;
  };
  const command = "npm run -s holdfast --";
  const { cells, counterexamples, shown } = reliabilityOf(reports);
  const clients = [...new Set(cells.map(({ strategy }) => strategy))].map((strategy) => ({ target: "reference", strategy, about: ABOUT }));
  const [profiles, faults] = [cells.map(({ profile }) => profile), cells.map((cell) => cell.faults)].map((all) => [...new Set(all)]) as [
    string[],
    string[],
  ];
  const circumstances = faults.map((each) => ({ faults: each, timeSteps: 0 }));
  const matrix = reliability({ clients, profiles, circumstances, cells, counterexamples, notEnded: 0 });
  return {
    report: written("index.html", renderHtml(run, reports, { command })),
    matrix: written("matrix.html", renderReliabilityHtml(matrix, shown, { command })),
  };
}

/** As of somebody else's code. */
const ABOUT = { package: "a-package", version: "1.2.3", over: { another: "4.5.6" }, configuration: { cookie: "as it comes" } };

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
