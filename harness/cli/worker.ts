import type { MessagePort } from "node:worker_threads";
import { runCell } from "../lanes/cell.ts";
import { playTrace, type TraceOutcome } from "../lanes/corpus.ts";
import { decodeReplay } from "../lanes/replay-string.ts";
import { shrinkReport } from "../lanes/shrink-report.ts";
import { cellOf, settingOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";

/** What a worker thread does: one cell, whose counterexample it makes small if it is told to, or one recorded trace. */
export type Task = { readonly spec: CellSpec; readonly shrink: boolean } | { readonly replay: string };

/** `progress` is told how many schedules have run. */
export type Job = Task & { readonly progress: MessagePort };

/** Real milliseconds. A message for each schedule would cost more than a cheap schedule does. */
const PROGRESS_EVERY = 100;

// The standard output belongs to the results; what a target prints while it runs goes where errors go.
console.log = console.info = console.debug = console.error;

export default async function work(job: Job): Promise<CellReport | TraceOutcome> {
  const { progress } = job;
  try {
    progress.postMessage(0);
    if ("replay" in job) return await playTrace(await settingOf(decodeReplay(job.replay).spec), job);
    const cell = await cellOf(job.spec);
    const alive = said(progress);
    const report = await runCell(cell, alive);
    return job.shrink ? await shrinkReport(cell, report, () => alive(report.result.schedules)) : report;
  } finally {
    progress.close();
  }
}

/** Says how many schedules have run, but not every time. */
function said(progress: MessagePort): (schedules: number) => void {
  let last = performance.now();
  return (schedules) => {
    const now = performance.now();
    if (now - last < PROGRESS_EVERY) return;
    last = now;
    progress.postMessage(schedules);
  };
}
