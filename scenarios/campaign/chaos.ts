import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Database, delay, openDatabase, patiently } from "../../harness/campaign/database.ts";
import { findCampaign } from "../../harness/campaign/store.ts";
import { readCampaignConfig } from "../../harness/cli/campaign-config.ts";
import { Workers } from "../../harness/cli/pool.ts";
import { drawing } from "../../harness/explore/sampler.ts";
import { createDatabase } from "../../harness/lanes/postgres/create-database.ts";
import { startEmbedded } from "../../harness/lanes/postgres/embedded.ts";
import type { Campaign, CampaignStatus } from "../../harness/model/campaign.ts";
import type { CellResult, RunResult } from "../../harness/model/cell.ts";
import { renderJson } from "../../harness/report/index.ts";

const HOLDFAST = fileURLToPath(new URL("../../harness/cli/holdfast.mjs", import.meta.url));
/** Schedules of a job: so few that there are many jobs. */
const SCHEDULES_PER_JOB = 5;
/** Each holds, is broken, meets a limit of its issuer, or ends in the middle. */
const KINDS = [
  { strategy: "ledger", profile: "workos", explore: "random" },
  { strategy: "single-flight", profile: "logto", explore: "pct" },
  { strategy: "naive", profile: "workos", explore: "random" },
  { strategy: "ledger", profile: "zitadel", explore: "random", faults: "issuer-response-lost:1" },
  { strategy: "single-flight", profile: "zitadel", explore: "delay" },
] as const;

/** Milliseconds between two looks at how far it is: few, or on a fast machine it ends before anybody is killed. */
const LOOK_EVERY = 100;

export interface ChaosOptions {
  /** About how many jobs there are to be. */
  readonly jobs: number;
  readonly workers: number;
  /** Real milliseconds from one worker killed to the next. */
  readonly killEvery: number;
  /** How often the database is restarted meanwhile. */
  readonly restarts: number;
  say(words: string): void;
}

/** What came of it. */
export interface Chaos {
  readonly jobs: number;
  readonly kills: number;
  readonly restarts: number;
  readonly seconds: number;
  readonly aside: number;
  /** The results as JSON, but for times: of one process that nobody disturbs, and of the campaign. */
  readonly undisturbed: string;
  readonly campaign: string;
}

/**
 * Runs cells twice: in one process that nobody disturbs, and as a campaign whose workers are killed, one after another, while its
 * database is restarted.
 */
export async function chaos({ jobs, workers, killEvery, restarts, say }: ChaosOptions): Promise<Chaos> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-chaos-"));
  const config = join(folder, "campaign.json");
  await writeFile(config, JSON.stringify(configOf(jobs)));
  const undisturbed = await alone(config);
  const server = await startEmbedded({ handlesSignals: true });
  const own = await createDatabase(server.address);
  const command = new Command(own.url);
  const database = openDatabase(own.url);
  const draw = drawing(1, 0);
  const alive = new Set<ChildProcess>();
  let [over, kills, restarted, far] = [false, 0, 0, "no job"];
  const began = performance.now();
  const hire = () => {
    const worker = command.start("work", "--jobs", "1");
    alive.add(worker);
    worker.once("exit", () => {
      alive.delete(worker);
      // Whoever ends by himself has nothing more to do; others are replaced.
      if (!over && worker.signalCode !== null) hire();
    });
  };
  try {
    await command.run("start", config);
    for (let count = 0; count < workers; count++) hire();
    const campaign = await findCampaign(database, undefined);
    const kill = () => {
      if (![...alive][draw(Math.max(1, alive.size))]?.kill("SIGKILL")) return;
      kills++;
      say(`${far}, ${kills} killed, ${restarted} restarts\n`);
    };
    const killing = setInterval(kill, killEvery);
    try {
      for (;;) {
        const { open, done, aside } = await patiently(() => jobsOf(database, campaign), new AbortController().signal);
        far = `${done} of ${open + done + aside} jobs`;
        if (open === 0) break;
        // The first as soon as there is something to lose.
        if (kills === 0 && done > 0) kill();
        if (restarted < restarts && done > ((restarted + 1) * (done + open)) / (restarts + 1)) {
          restarted++;
          await server.restart?.();
        }
        // Nobody would be left to do the rest.
        while (alive.size < Math.min(workers, open)) hire();
        await delay(LOOK_EVERY, new AbortController().signal);
      }
    } finally {
      clearInterval(killing);
      over = true;
    }
    const { done, aside } = await jobsOf(database, campaign);
    const file = join(folder, "report.json");
    await command.run("report", "--json", file, "--report", join(folder, "report"));
    return {
      ...{ jobs: done + aside, aside, kills, restarts: restarted, seconds: (performance.now() - began) / 1000 },
      ...{ undisturbed, campaign: withoutTimes(JSON.parse(await readFile(file, "utf8")) as RunResult) },
    };
  } finally {
    over = true;
    const ended = [...alive].map((worker) => once(worker, "exit"));
    for (const worker of alive) worker.kill("SIGKILL");
    await Promise.all(ended);
    await database.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

/** How many jobs are in which state: no more than that, since it is asked for often. */
async function jobsOf({ pool }: Database, { id }: Campaign): Promise<CampaignStatus["jobs"]> {
  const { rows } = await pool.query<CampaignStatus["jobs"]>(
    `select count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'done')::int as done,
      count(*) filter (where state = 'aside')::int as aside
    from holdfast_campaign_jobs where campaign = $1`,
    [id],
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error("unreachable: counts are one row");
  return counts;
}

function configOf(jobs: number) {
  const schedules = Math.max(1, Math.round((jobs * SCHEDULES_PER_JOB) / (KINDS.length * SEEDS)));
  const common = { scenario: "page-loads-at-expiry", isolates: 1, loads: 3, crypto: "inline", schedules, seeds: SEEDS };
  return { name: "chaos", schedulesPerJob: SCHEDULES_PER_JOB, cells: KINDS.map((kind) => ({ ...common, ...kind })) };
}

/** Cells of each kind. */
const SEEDS = 4;

/** One process, one thread, and nobody who disturbs it. */
async function alone(config: string): Promise<string> {
  const { cells, seed } = await readCampaignConfig(config);
  const workers = new Workers(1);
  try {
    const reports = await workers.search(cells, { running() {}, done() {} }, true);
    return withoutTimes({ version: 1, seed, cells: reports.map((report) => report?.result as CellResult), traces: [] });
  } finally {
    await workers.close();
  }
}

function withoutTimes(result: RunResult): string {
  return renderJson({ ...result, cells: result.cells.map((cell) => ({ ...cell, durationMs: 0 })) });
}

/** `holdfast campaign`, against one database. */
class Command {
  readonly #environment: NodeJS.ProcessEnv;

  constructor(url: string) {
    this.#environment = { ...process.env, DATABASE_URL: url, TZ: "UTC" };
  }

  start(...words: readonly string[]): ChildProcess {
    return spawn(process.execPath, [HOLDFAST, "campaign", ...words], {
      env: this.#environment,
      stdio: ["ignore", "ignore", process.env.HOLDFAST_CHAOS_LOG === undefined ? "ignore" : "inherit"],
    });
  }

  /** @throws where it ends with another status than 0 or 1: what it reports may well be broken */
  async run(...words: readonly string[]): Promise<void> {
    const [status] = await once(this.start(...words), "exit");
    if (status !== 0 && status !== 1) throw new Error(`holdfast campaign ${words[0]} ended with ${status}`);
  }
}
