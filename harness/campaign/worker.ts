import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Campaign } from "../model/campaign.ts";
import { type Database, delay, patiently } from "./database.ts";
import { HEARTBEAT, type Held, type Queue } from "./queue.ts";
import type { JobOutcome, OrderedPiece } from "./run-job.ts";
import { JobDied, Runner } from "./runner.ts";
import { countDeath, handIn, isDone, isStopped, MOST_DEATHS, orderOf } from "./store.ts";

/** Milliseconds between two looks for a job while there is none. */
const IDLE = 500;
/** A job is left to others once it has taken so many times what it should. */
const LATENESS = 2;

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
  const runner = new Runner();
  const id = randomUUID();
  const ask = <T>(what: () => Promise<T>) => patiently(what, signal, say);
  const sum = { jobs: 0, schedules: 0, work: 0, queue: 0 };
  try {
    await ask(() => arrive(database, campaign, id));
    for (let free = performance.now(); !signal.aborted; ) {
      if (await ask(() => isStopped(database, campaign))) break;
      const job = await ask(() => options.queue.take(campaign.id));
      if (job === null) {
        if (await ask(() => isDone(database, campaign))) break;
        await ask(() => seen(database, id));
        await delay(IDLE, signal);
        free = performance.now();
        continue;
      }
      const done = await one(options, runner, id, job, free);
      free = done.ended;
      sum.jobs++;
      sum.schedules += done.schedules;
      sum.work += done.work;
      sum.queue += done.began - done.free;
      options.onJob?.(done.schedules);
    }
  } catch (error) {
    // Asked to end while the database is away: its jobs will be missed, and given to others.
    if (!signal.aborted) throw error;
  } finally {
    await runner.close();
    await leave(database, id).catch(() => {});
  }
  return { jobs: sum.jobs, schedules: sum.schedules, spent: { work: sum.work, queue: sum.queue } };
}

/** One job, from where the worker was free to where it has worked; what it came to is handed in. */
async function one({ database, queue, campaign, signal, say }: WorkOptions, runner: Runner, worker: string, job: Held, free: number) {
  // Handing in is not given up because somebody wants to stop: it takes a moment.
  const patience = new AbortController();
  const giveUp = () => setTimeout(() => patience.abort(), GRACE).unref();
  signal.addEventListener("abort", giveUp);
  const ask = <T>(what: () => Promise<T>) => patiently(what, patience.signal, say);
  const recall = new AbortController();
  const back = () => recall.abort();
  signal.addEventListener("abort", back);
  if (signal.aborted) back();
  try {
    const pieces = (await ask(() => orderOf(database, campaign, job.id))) ?? [];
    const began = performance.now();
    const outcome = await held({ database, queue, campaign, worker, job, recall }, () =>
      done(runner, campaign, pieces, recall.signal),
    ).catch(async (error: unknown) => {
      // What this machine lacks, another may have.
      await queue.giveBack(campaign.id, job).catch(() => {});
      throw error;
    });
    const ended = performance.now();
    const spent = { work: ended - began, queue: began - free };
    if (outcome instanceof JobDied) {
      const why = outcome.message;
      if (await ask(() => countDeath(database, queue, campaign, job, why))) {
        say(`A job has killed ${MOST_DEATHS} workers and is set aside: ${why}.\n`);
      }
      return { ...{ free, began, ended }, work: spent.work, schedules: 0 };
    }
    const isUntouched = outcome.results.length === 0 && outcome.rest.length > 0;
    // What nobody has begun goes back as it is.
    if (isUntouched) await ask(() => queue.giveBack(campaign.id, job));
    else await ask(() => handIn(database, queue, campaign, job, outcome, { id: worker, spent }));
    return { ...{ free, began, ended }, work: spent.work, schedules: outcome.schedules };
  } finally {
    signal.removeEventListener("abort", giveUp);
    signal.removeEventListener("abort", back);
  }
}

/** Milliseconds for which somebody who wants to stop waits for a database that is away. */
const GRACE = 5_000;

async function done(
  runner: Runner,
  { seconds }: Campaign,
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

/** Does something while the job is known to be ours, and looks whether it still should. */
async function held<T>(
  at: {
    readonly database: Database;
    readonly queue: Queue;
    readonly campaign: Campaign;
    readonly worker: string;
    readonly job: Held;
    readonly recall: AbortController;
  },
  doIt: () => Promise<T>,
): Promise<T> {
  const { database, queue, campaign, worker, job, recall } = at;
  const beat = async () => {
    await queue.touch(campaign.id, job);
    await seen(database, worker);
    if (await isStopped(database, campaign)) recall.abort();
  };
  // A sign of life that is lost is one of several.
  const timer = setInterval(() => void beat().catch(() => {}), HEARTBEAT * 1000);
  try {
    return await doIt();
  } finally {
    clearInterval(timer);
  }
}

async function arrive({ db }: Database, { id: campaign, code }: Campaign, id: string): Promise<void> {
  await db
    .insertInto("campaign_workers")
    .values({ id, campaign, code, host: hostname(), pid: process.pid, node: process.versions.node })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

async function seen({ db }: Database, id: string): Promise<void> {
  await db.updateTable("campaign_workers").set({ seen_at: new Date() }).where("id", "=", id).execute();
}

async function leave({ db }: Database, id: string): Promise<void> {
  await db.updateTable("campaign_workers").set({ left_at: new Date() }).where("id", "=", id).execute();
}
