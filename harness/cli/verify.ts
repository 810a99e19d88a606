import { setMaxListeners } from "node:events";
import type { VerifyConfig } from "../lanes/live/config.ts";
import { itemsNamed, PLAN } from "../lanes/live/plan/index.ts";
import type { PlanItem } from "../lanes/live/plan/item.ts";
import { type Verified, verifyApp } from "../lanes/live/verify.ts";
import type { RunResult } from "../model/cell.ts";
import {
  renderCounterexample,
  renderErrors,
  renderHtml,
  renderJson,
  renderJunit,
  renderVerification,
  reportFiles,
  writeReport,
} from "../report/index.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { tellGitHub } from "./github.ts";
import { writeOutput } from "./output.ts";
import { stopOnSignals } from "./signals.ts";
import { Stop } from "./stop.ts";
import { loadConfig } from "./verify-config.ts";
import { view } from "./view.ts";

/** What `holdfast verify` takes. */
export interface VerifyCommandOptions {
  readonly config: string;
  readonly only?: readonly string[];
  readonly profile?: string;
  readonly json?: string;
  readonly junit?: string;
  /** A file for the page alone. */
  readonly html?: string;
  readonly report: string;
}

/** `holdfast verify`: puts a running app through the plan, prints what came of it, and writes the report. */
export async function verify(options: VerifyCommandOptions): Promise<ExitStatus> {
  const { config: written, folder } = await loadConfig(options.config);
  const config = options.profile === undefined ? written : withProfile(written, options.profile);
  const items = options.only === undefined ? PLAN : itemsNamed(options.only);
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const stop = new Stop();
  const interrupted = stopOnSignals(stop, (words) => {
    process.stderr.write(words);
    stopping.abort(new Error("stopped"));
  });
  const verified = await verifyApp({
    ...{ config, folder, items, signal: stopping.signal },
    say: (words) => process.stderr.write(words),
    progress: (item, report) =>
      process.stderr.write(report === null ? "" : `${item.name}: ${report.result.interrupted ? "cut off" : report.result.verdict}\n`),
    playAgain: (item) => commandOf(item, options),
  }).catch((error: unknown): Verified => {
    // Before the app was known there is nothing to report.
    if (interrupted() !== null) return { reports: [], skipped: [] };
    throw error;
  });
  return report(verified, items, interrupted(), options);
}

async function report(
  { reports, skipped }: Verified,
  items: readonly PlanItem[],
  interrupted: ExitStatus | null,
  options: VerifyCommandOptions,
): Promise<ExitStatus> {
  const result: RunResult = {
    ...{ version: 1, seed: 0, cells: reports.map(({ result: cell }) => cell), skipped },
    ...(interrupted === null ? {} : { notStarted: items.length - skipped.length - reports.length }),
  };
  const shown = { ...view(), playAgain: (replay: string) => replay };
  await writeReport(options.report, reportFiles(result, reports, shown));
  if (options.html !== undefined) await writeOutput(options.html, renderHtml(result, reports, shown));
  if (options.json !== undefined) await writeOutput(options.json, renderJson(result));
  if (options.junit !== undefined) await writeOutput(options.junit, renderJunit(reports, shown));
  const annotations = await tellGitHub(reports, process.env, view().command);
  if (options.json !== "-" && options.junit !== "-" && options.html !== "-") {
    const broken = reports.filter(({ counterexample }) => counterexample !== null).slice(0, 1);
    const parts = [
      ...broken.map((one) => renderCounterexample(one, shown)),
      renderErrors(reports, shown),
      renderVerification(result, shown),
    ];
    process.stdout.write(`${parts.filter((part) => part !== "").join("\n")}\nReport: ${options.report}/index.html\n${annotations}`);
  }
  return interrupted ?? exitStatus(result.cells);
}

function withProfile(config: VerifyConfig, profile: string): VerifyConfig {
  return { ...config, issuer: { ...config.issuer, profile } };
}

function commandOf(item: PlanItem, { config, profile }: VerifyCommandOptions): string {
  const given = [
    ...(config === "holdfast.config.ts" ? [] : ["--config", config]),
    ...(profile === undefined ? [] : ["--profile", profile]),
  ];
  return [view().command, "verify", ...given, "--only", item.name].join(" ");
}
