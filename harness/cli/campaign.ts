import { existsSync } from "node:fs";
import { codeAsserted } from "../campaign/code.ts";
import { type Database, delay, isPassing, migrate, openDatabase } from "../campaign/database.ts";
import { planned } from "../campaign/plan.ts";
import { Queue } from "../campaign/queue.ts";
import { corpusOf, resultsOf } from "../campaign/results.ts";
import { Runner } from "../campaign/runner.ts";
import { openCampaignServer } from "../campaign/server.ts";
import { sized } from "../campaign/sized.ts";
import { statusOf } from "../campaign/status.ts";
import { codeOf, createCampaign, findCampaign, stopCampaign } from "../campaign/store.ts";
import { work } from "../campaign/worker.ts";
import { unreachable } from "../lanes/postgres/unreachable.ts";
import { codeVersion } from "../library/code-version.ts";
import type { CampaignStatus } from "../model/campaign.ts";
import { counted, renderCampaign } from "../report/index.ts";
import { readCampaignConfig } from "./campaign-config.ts";
import { readCorpus, recordTraces } from "./corpus.ts";
import type { ExitStatus } from "./exit-status.ts";
import { writeOutput } from "./output.ts";
import { Rate } from "./rate.ts";
import { stopOnSignals } from "./signals.ts";
import { StatusLine } from "./status-line.ts";
import { Stop } from "./stop.ts";
import { tellRun } from "./tell-run.ts";
import { view } from "./view.ts";

/** Milliseconds between two looks of somebody who watches. */
const WATCH_EVERY = 1_000;

/** `holdfast campaign start`: writes down what is to be searched, cut into jobs. Nothing is searched before somebody works. */
export async function startCampaign(file: string): Promise<ExitStatus> {
  const { cells, ...config } = await readCampaignConfig(file);
  const targets = [...new Set(cells.map(({ target }) => target))];
  const code = await codeVersion(targets);
  const runner = new Runner({ campaign: `campaign ${config.name}`, version: code, targets });
  const known = await sized(cells, runner).finally(() => runner.close());
  const jobs = planned(known, config);
  return inDatabase(1, async (database, origin) => {
    const queue = await Queue.open(database, false);
    try {
      const id = await createCampaign(database, queue, { ...config, code, cells, jobs });
      const seconds = known.reduce((sum, { schedules, pace, kind }) => sum + (kind === "share" ? 0 : (schedules * pace) / 1000), 0);
      const searches = known.filter(({ kind }) => kind === "share").length;
      const most = `at most ${Math.ceil(seconds / 60).toLocaleString("en-US")} min of one core`;
      const beside = searches === 0 ? "" : `, and ${searches} ${searches === 1 ? "search" : "searches"} of every order of events`;
      process.stdout.write(
        `Campaign ${id}, ${config.name}: ${counted(cells.length, "cell")} in ${counted(jobs.length, "job")}, ${most}${beside}.\nIts code is ${code}; it is in ${origin}.\nWork on it, here and elsewhere: holdfast campaign work ${id}\n`,
      );
      return 0;
    } finally {
      await queue.close();
    }
  });
}

/** `holdfast campaign work`: takes jobs until there are none left. */
export async function workOn(wanted: string | undefined, { jobs }: { readonly jobs: number }): Promise<ExitStatus> {
  const stop = new Stop();
  return inDatabase(jobs, async (database) => {
    const campaign = await findCampaign(database, wanted);
    if (campaign.isStopped) process.stderr.write(`Campaign ${campaign.id} is stopped: there is nothing to do.\n`);
    await codeAsserted(await codeOf(database, campaign));
    const queue = await Queue.open(database, true);
    const sum = { jobs: 0, schedules: 0 };
    const rate = new Rate();
    const line = new StatusLine(process.stderr, (seconds) => [
      `campaign ${campaign.id}`,
      `${counted(sum.jobs, "job")} done here`,
      `${sum.schedules.toLocaleString("en-US")} schedules, ${Math.round(rate.at(seconds, sum.schedules)).toLocaleString("en-US")}/s`,
    ]);
    const say = (words: string) => line.interject(words);
    const interrupted = stopOnSignals(stop, say, "Stopping: what is being done is handed back. Once more ends it at once.\n");
    const onJob = (schedules: number) => {
      sum.jobs++;
      sum.schedules += schedules;
      line.changed();
    };
    try {
      const options = { database, queue, campaign, signal: stop.signal, say, onJob };
      const ended = Array.from({ length: jobs }, () =>
        work(options).catch((error: unknown) => {
          // The others hand back what they do before the database is closed.
          stop.request();
          throw error;
        }),
      );
      await Promise.allSettled(ended);
      const done = await Promise.all(ended);
      line.clear();
      const spent = (of: "work" | "queue") => done.reduce((total, worker) => total + worker.spent[of], 0);
      const share = (100 * spent("queue")) / Math.max(1, spent("queue") + spent("work"));
      process.stdout.write(
        `${counted(sum.jobs, "job")}, ${counted(sum.schedules, "schedule")}; ${share.toFixed(1)} % of the time went into the queue.\n${sum.jobs > 0 || interrupted() !== null ? "" : "Nothing was left to do. "}What it came to: holdfast campaign report ${campaign.id}\n`,
      );
      return interrupted() ?? 0;
    } finally {
      line.clear();
      await queue.close();
    }
  });
}

/** `holdfast campaign status`: how far it is; again and again where somebody watches, until it is over. */
export async function tellStatus(
  wanted: string | undefined,
  { json, watch }: { readonly json?: string; readonly watch?: true },
): Promise<ExitStatus> {
  const stop = new Stop();
  return inDatabase(1, async (database) => {
    if (watch === true) stopOnSignals(stop, () => {}, "");
    for (;;) {
      const campaign = await findCampaign(database, wanted);
      const status = await statusOf(database, campaign);
      if (json !== undefined) await writeOutput(json, `${JSON.stringify(status, null, 2)}\n`);
      if (json !== "-")
        process.stdout.write(`${watch === true && process.stdout.isTTY ? "\x1b[H\x1b[2J" : ""}${renderCampaign(status, view())}`);
      if (watch !== true || stop.requested || isOverBy(status)) return 0;
      await delay(WATCH_EVERY, stop.signal);
    }
  });
}

function isOverBy({ campaign, jobs, workers }: CampaignStatus): boolean {
  return jobs.open === 0 || (campaign.isStopped && workers === 0);
}

/** `holdfast campaign stop`: nobody takes another job of it; what is being done is handed back. */
export async function endCampaign(wanted: string | undefined): Promise<ExitStatus> {
  return inDatabase(1, async (database) => {
    const campaign = await findCampaign(database, wanted);
    await stopCampaign(database, campaign);
    process.stdout.write(`Campaign ${campaign.id} is stopped; what it has come to stays: holdfast campaign report ${campaign.id}\n`);
    return 0;
  });
}

export interface CampaignReportOptions {
  readonly json?: string;
  readonly junit?: string;
  readonly report: string;
  /** A folder of recorded traces that gets the counterexamples of all campaigns. */
  readonly corpus?: string;
}

/** `holdfast campaign report`: what `holdfast run` would say of the same cells, as far as they are done. */
export async function reportCampaign(wanted: string | undefined, options: CampaignReportOptions): Promise<ExitStatus> {
  return inDatabase(1, async (database) => {
    const campaign = await findCampaign(database, wanted);
    const cells = await resultsOf(database, campaign);
    const status = await statusOf(database, campaign);
    const recordings =
      options.corpus === undefined
        ? []
        : await recordTraces(options.corpus, await corpusOf(database), existsSync(options.corpus) ? await readCorpus(options.corpus) : []);
    const reports = cells.flatMap(({ report }) => (report === null ? [] : [report]));
    const exit = await tellRun(
      {
        ...{ seed: campaign.seed, whole: false, reports, notStarted: cells.length - reports.length },
        ...{ traces: [], recorded: 0, recordings, servers: [], interrupted: () => null },
      },
      options.report,
      options,
    );
    if (options.json !== "-" && options.junit !== "-") process.stdout.write(`\n${renderCampaign(status, view())}`);
    // Of what is not done nobody knows anything.
    return exit === 0 && status.jobs.open + status.jobs.aside > 0 ? 3 : exit;
  });
}

/** Does something with the database of campaigns, whose tables are there. */
async function inDatabase(workers: number, doIt: (database: Database, origin: string) => Promise<ExitStatus>): Promise<ExitStatus> {
  const server = await openCampaignServer(process.env);
  const database = openDatabase(server.url, workers);
  try {
    await migrate(database);
    return await doIt(database, server.origin);
  } catch (error) {
    throw isPassing(error) ? unreachable(server.url, error) : error;
  } finally {
    await database.close();
  }
}
