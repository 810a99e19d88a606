import { randomUUID } from "node:crypto";
import type { Campaign } from "../model/campaign.ts";
import { describeError } from "../model/describe-error.ts";
import { type Database, delay, isPassing, patiently } from "./database.ts";
import { handIn, type Spent } from "./hand-in.ts";
import { countDeath, giveBack, isDone, MOST_DEATHS, orderOf, setGivenUpAside } from "./jobs.ts";
import { arrive, leave, seen } from "./presence.ts";
import { HEARTBEAT, type Held, type Queue } from "./queue.ts";
import type { JobOutcome, OrderedPiece } from "./run-job.ts";
import { JobDied, Runner } from "./runner.ts";
import { codeOf, isStopped } from "./store.ts";

/** Milliseconds between two looks for a job while there is none. */
const IDLE = 500;
/** A job is left to others once it has taken so many times what it should. */
const LATENESS = 2;
/** Milliseconds for which somebody who wants to stop waits for a database that is away. */
const GRACE = 5_000;

export interface WorkOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly campaign: Campaign;
  /** Ends it: what is being done is handed back. */
  readonly signal: AbortSignal;
  /** Is told what a person should know. */
  say(words: string): void;
  /** Is told of each job that was done. */
  onJob?(schedules: number): void;
}

/** What one worker has done. */
export interface Work {
  readonly jobs: number;
  readonly schedules: number;
  /** Real milliseconds. */
  readonly spent: { readonly work: number; readonly queue: number };
}

/**
 * Takes jobs of a campaign until there is none left, until somebody stops the campaign, or until the signal. A database that is away is
 * waited for. One worker takes one job at a time; a process may have several.
 */
export async function work(options: WorkOptions): Promise<Work> {
  const { database, campaign, signal, say } = options;
  const ask = <T>(what: () => Promise<T>) => patiently(what, signal, say);
  const id = randomUUID();
  let runner: Runner | null = null;
  const sum = { jobs: 0, schedules: 0, work: 0, queue: 0 };
  try {
    runner = new Runner(await ask(() => codeOf(database, campaign)));
    const shift = { ...options, id, runner, patience: late(signal, GRACE) };
    await ask(() => arrive(database, campaign, id));
    for (let free = performance.now(); !signal.aborted; ) {
      if (await ask(() => isStopped(database, campaign))) break;
      const job = await ask(() => options.queue.take(campaign.id));
      if (job === null) {
        if (await ask(() => isDone(database, campaign))) break;
        const givenUp = await ask(() => setGivenUpAside(database, campaign));
        if (givenUp > 0) say(`${givenUp} jobs whose workers have vanished again and again are set aside.\n`);
        await ask(() => seen(database, id));
        await delay(IDLE, signal);
        free = performance.now();
        continue;
      }
      const done = await one(shift, job, free);
      free = done.ended;
      sum.jobs++;
      sum.schedules += done.schedules;
      sum.work += done.spent.work;
      sum.queue += done.spent.queue;
      options.onJob?.(done.schedules);
    }
  } catch (error) {
    // Asked to end while the database is away: its jobs will be missed, and given to others.
    if (!signal.aborted) throw error;
  } finally {
    await runner?.close();
    await leave(database, id).catch(() => {});
  }
  return { jobs: sum.jobs, schedules: sum.schedules, spent: { work: sum.work, queue: sum.queue } };
}

/** A worker, and what it has at hand. */
interface Shift extends WorkOptions {
  readonly id: string;
  readonly runner: Runner;
  /** Also while somebody waits for its end: what a job came to is handed in, if that takes a moment only. */
  readonly patience: AbortSignal;
}

/** One job, and what it came to handed in. */
async function one(shift: Shift, job: Held, free: number) {
  const { database, queue, campaign, say } = shift;
  const ask = <T>(what: () => Promise<T>) => patiently(what, shift.patience, say);
  return alive(shift, job, async (recalled) => {
    const pieces = (await ask(() => orderOf(database, campaign, job.id))) ?? [];
    const began = performance.now();
    const outcome = await done(shift, pieces, recalled).catch(async (error: unknown) => {
      // What this machine lacks, another may have.
      await giveBack(database, queue, campaign, job).catch(() => {});
      throw error;
    });
    const ended = performance.now();
    const spent = { work: ended - began, queue: began - free };
    const died = outcome instanceof JobDied ? outcome : await handedIn(shift, job, outcome, spent, ask);
    if (died === null) return { ended, spent, schedules: (outcome as JobOutcome).schedules };
    const isAside = await ask(() => countDeath(database, queue, campaign, job, died.message));
    if (isAside) say(`A job has failed ${MOST_DEATHS} workers and is set aside: ${died.message}.\n`);
    return { ended, spent, schedules: 0 };
  });
}

/** What it came to is the campaign's; null unless the database does not take it, which another try may mend. */
async function handedIn(
  { database, queue, campaign, id }: Shift,
  job: Held,
  outcome: JobOutcome,
  spent: Spent,
  ask: <T>(what: () => Promise<T>) => Promise<T>,
): Promise<JobDied | null> {
  try {
    // What nobody has begun goes back as it is.
    const isUntouched = outcome.results.length === 0 && outcome.rest.length > 0;
    if (isUntouched) await ask(() => giveBack(database, queue, campaign, job));
    else await ask(() => handIn(database, queue, campaign, job, outcome, { id, spent }));
    return null;
  } catch (error) {
    if (isPassing(error)) throw error;
    return new JobDied(`what it came to cannot be handed in: ${describeError(error)}`);
  }
}

async function done(
  { runner, campaign: { seconds } }: Shift,
  pieces: readonly OrderedPiece[],
  signal: AbortSignal,
): Promise<JobOutcome | JobDied> {
  if (pieces.length === 0) return { results: [], rest: [], schedules: 0 };
  // A search that is shared hands on early: what it leaves is what the others live on.
  const lateness = pieces.some(({ piece }) => piece.kind === "share") ? 1 : LATENESS;
  try {
    return await runner.run({ pieces, limit: seconds * 1000 * lateness }, signal);
  } catch (error) {
    if (error instanceof JobDied) return error;
    throw error;
  }
}

/** Gives signs of life while something is done, and a signal where it should not go on: somebody wants the worker, or the campaign, to end. */
async function alive<T>({ database, queue, campaign, id, signal }: Shift, job: Held, doIt: (recalled: AbortSignal) => Promise<T>) {
  const recall = new AbortController();
  const beat = async () => {
    await queue.touch(campaign.id, job);
    await seen(database, id);
    if (await isStopped(database, campaign)) recall.abort();
  };
  // A sign of life that is lost is one of several.
  const timer = setInterval(() => void beat().catch(() => {}), HEARTBEAT * 1000);
  try {
    return await doIt(AbortSignal.any([signal, recall.signal]));
  } finally {
    clearInterval(timer);
  }
}

/** The same signal, so many milliseconds later. */
function late(signal: AbortSignal, milliseconds: number): AbortSignal {
  const control = new AbortController();
  const wait = () => void setTimeout(() => control.abort(), milliseconds).unref();
  if (signal.aborted) wait();
  else signal.addEventListener("abort", wait, { once: true });
  return control.signal;
}
