import { type MessagePort, threadId } from "node:worker_threads";
import { runCell, runPart } from "../lanes/cell.ts";
import { playTrace, type TraceOutcome } from "../lanes/corpus.ts";
import { inDatabase } from "../lanes/postgres/lane.ts";
import type { ServerAddress } from "../lanes/postgres/server.ts";
import { decodeReplay } from "../lanes/replay-string.ts";
import type { Cell, CellProgress } from "../lanes/search-cell.ts";
import { shrinkPart, shrinkReport } from "../lanes/shrink-report.ts";
import { playTimed } from "../lanes/timed.ts";
import { cellOf, settingOf, timedSettingOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { Part, Stretch } from "../model/part.ts";
import type { TimedRun, TimedSpec } from "../model/timed.ts";
import { databaseCellOf } from "./database-cells.ts";
import { isRequested } from "./stop.ts";

/** A piece of work for a worker thread, and how it and the one who waits for it hear of each other. */
export interface Job<W> {
  readonly work: W;
  /** Is told how far it is. */
  readonly progress: MessagePort;
  /** See `Stop`. */
  readonly stop: Int32Array;
}

/** The first thing that is heard of a piece of work: which thread has begun it. */
export interface Begun {
  readonly threadId: number;
}

/** One cell, whose counterexample is made small if so. */
export interface CellWork {
  readonly spec: CellSpec;
  readonly shrink: boolean;
  /** Where a cell of the lane postgres runs; null for the others. */
  readonly server: ServerAddress | null;
}

/** Some of the schedules of a cell of the simulation, whose failure is made small if so. */
export interface PartWork {
  readonly spec: CellSpec;
  readonly stretch: Stretch;
  readonly shrink: boolean;
}

/** One world of a timed cell. */
export interface TimedWork {
  readonly spec: TimedSpec;
  readonly run: number;
}

/** What a worker thread can do, by name. Null where it was told to stop: before the first schedule of a cell or of a part, or before a world's end. */
export interface Works {
  cell(job: Job<CellWork>): Promise<CellReport | null>;
  part(job: Job<PartWork>): Promise<Part | null>;
  trace(job: Job<string>): Promise<TraceOutcome | null>;
  world(job: Job<TimedWork>): Promise<TimedRun | null>;
}

/** Real milliseconds. A message for each schedule would cost more than a cheap schedule does. */
const PROGRESS_EVERY = 100;

// The standard output belongs to the results; what a target prints while it runs goes where errors go.
console.log = console.info = console.debug = console.error;

/** Runs a cell. */
export const cell: Works["cell"] = (job) =>
  telling(job, async ({ spec, shrink, server }, tell, isStopped) => {
    if (server === null) return searched(await cellOf(spec), shrink, tell, isStopped);
    const { cell: resolved, play } = await databaseCellOf(spec);
    return inDatabase(resolved, server, play, async ({ setting, finish }) => finish(await searched(setting, shrink, tell, isStopped)));
  });

async function searched(resolved: Cell, shrink: boolean, tell: (progress: CellProgress) => void, isStopped: () => boolean) {
  const report = await runCell(resolved, { onProgress: tell, isStopped });
  if (!shrink) return report;
  const { schedules, states } = report.result;
  return untilStopped(
    report,
    (onRun) => shrinkReport(resolved, report, onRun),
    () => tell({ schedules, states, branches: null }),
    isStopped,
  );
}

/** Runs a part of a cell. Its failure is made small here, where the target is, so that whoever joins the parts need not run anything. */
export const part: Works["part"] = (job) =>
  telling(job, async ({ spec, stretch, shrink }, tell, isStopped) => {
    const resolved = await cellOf(spec);
    const part = await runPart(resolved, stretch, { onProgress: tell, isStopped });
    const { schedules, states } = part;
    if (!shrink) return part;
    const shrunk = (onRun: () => void) => shrinkPart(resolved, part, onRun);
    return untilStopped(part, shrunk, () => tell({ schedules, states: states.length, branches: null }), isStopped);
  });

/** What shrinking comes to; what was found, where somebody does not wait for that. */
async function untilStopped<R>(
  found: R,
  shrink: (onRun: () => void) => Promise<R>,
  tell: () => void,
  isStopped: () => boolean,
): Promise<R> {
  const onRun = () => {
    if (isStopped()) throw new Stopped();
    tell();
  };
  return shrink(onRun).catch((error: unknown) => {
    if (error instanceof Stopped) return found;
    throw error;
  });
}

/** Plays a recorded trace. */
export const trace: Works["trace"] = (job) =>
  telling(job, async (replay) => playTrace(await settingOf(decodeReplay(replay).spec), { replay }));

/** Plays one world of a timed cell. */
export const world: Works["world"] = (job) =>
  telling(job, async ({ spec, run }, tell, isStopped) =>
    playTimed(await timedSettingOf(spec), run, { onProgress: ({ virtualTime }) => tell(virtualTime), isStopped }),
  );

/** Ends what asks nobody whether to stop. */
class Stopped extends Error {}

/** Says at once that it is there, and then how far it is, but not every time. */
async function telling<W, R>(
  { work, progress, stop }: Job<W>,
  run: (work: W, tell: (message: unknown) => void, isStopped: () => boolean) => Promise<R>,
): Promise<R | null> {
  const isStopped = () => isRequested(stop);
  let said = performance.now();
  const tell = (message: unknown) => {
    const now = performance.now();
    if (now - said < PROGRESS_EVERY) return;
    said = now;
    progress.postMessage(message);
  };
  try {
    progress.postMessage({ threadId } satisfies Begun);
    return isStopped() ? null : await run(work, tell, isStopped);
  } finally {
    progress.close();
  }
}
