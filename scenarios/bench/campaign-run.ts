import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Database, delay, migrate, openDatabase } from "../../harness/campaign/database.ts";
import { handIn } from "../../harness/campaign/hand-in.ts";
import { HEARTBEAT, type Held, Queue } from "../../harness/campaign/queue.ts";
import { createCampaign, findCampaign } from "../../harness/campaign/store.ts";
import { createDatabase } from "../../harness/lanes/postgres/create-database.ts";
import type { ServerAddress } from "../../harness/lanes/postgres/server.ts";
import { codeVersion } from "../../harness/library/code-version.ts";
import type { Campaign } from "../../harness/model/campaign.ts";
import type { CellSpec } from "../../harness/model/cell.ts";

const HOLDFAST = fileURLToPath(new URL("../../harness/cli/holdfast.mjs", import.meta.url));
/** Real milliseconds between two looks at how far the workers are. */
const LOOK_EVERY = 50;

/** A campaign of one cell, whose jobs are all equal. */
export interface RunOrder {
  readonly spec: CellSpec;
  /** Processes `holdfast campaign work --jobs 1`. */
  readonly workers: number;
  /** Schedules of a job that warms a worker up, which takes longer than a worker waits between two looks for a job. */
  readonly warmUp: number;
  readonly schedulesPerJob: number;
  readonly jobs: number;
}

/** What came of it; jobs that warmed workers up do not count. */
export interface RunFigures {
  /** From the first job taken to the last one handed in, by the database's clock. */
  readonly milliseconds: number;
  /** Of a job, in the mean. */
  readonly jobSeconds: number;
  /** Of the workers' time, what went into the queue. */
  readonly queueShare: number;
  /** What a job handed in that no other had, in the mean. */
  readonly statesPerJob: number;
}

/**
 * Lets processes work through a campaign. They begin together: the jobs appear when every worker is there and has done one job of its
 * own, so that neither a process's start nor the compiler's counts.
 */
export async function runCampaign(server: ServerAddress, order: RunOrder): Promise<RunFigures> {
  const own = await createDatabase(server);
  const database = openDatabase(own.url);
  await migrate(database);
  const queue = await Queue.open(database, false);
  const processes: ChildProcess[] = [];
  const kill = () => {
    for (const process of processes) process.kill("SIGKILL");
  };
  // Workers wait for a database that is away: whoever ends the bench before its time ends them, too.
  process.once("exit", kill);
  try {
    const campaign = await begun(database, queue, order);
    const gates = [await taken(queue, campaign), await taken(queue, campaign)] as const;
    const holding = setInterval(() => {
      for (const gate of gates) void queue.touch(campaign.id, gate).catch(() => {});
    }, HEARTBEAT * 1000);
    try {
      for (let count = 0; count < order.workers; count++) processes.push(worker(own.url, campaign));
      await workersAre(database, "id", processes);
      const warming = order.workers * order.warmUp;
      await handOn(database, queue, { ...campaign, schedulesPerJob: order.warmUp }, gates[0], 0, warming);
      // Each has done one: there are as many as workers, and who has one is busy for longer than the others wait.
      await workersAre(database, "worker", processes);
      await handOn(database, queue, campaign, gates[1], warming, order.jobs * order.schedulesPerJob);
      const statuses = await Promise.all(processes.map((process) => once(process, "exit")));
      for (const [status] of statuses) if (status !== 0) throw new Error(`expected a worker to work, and it ended with ${status}`);
      return await figures(database, order, warming);
    } finally {
      clearInterval(holding);
    }
  } finally {
    kill();
    process.off("exit", kill);
    await queue.close();
    await database.close();
    await own.drop();
  }
}

/** Two jobs that nobody but this process is to have: what they leave for others is the campaign. */
async function begun(database: Database, queue: Queue, { spec, schedulesPerJob }: RunOrder): Promise<Campaign> {
  const gate = [{ kind: "stretch", cell: 0, from: 0, schedules: 1 }] as const;
  const code = await codeVersion([spec.target]);
  const common = { name: "bench", code, seed: 1, seconds: 60, schedulesPerJob };
  const id = await createCampaign(database, queue, { ...common, cells: [spec], jobs: [gate, gate] });
  return findCampaign(database, String(id));
}

async function taken(queue: Queue, { id }: Campaign): Promise<Held> {
  const job = await queue.take(id);
  if (job === null) throw new Error("unreachable: it was put there");
  return job;
}

function worker(url: string, { id }: Campaign): ChildProcess {
  return spawn(process.execPath, [HOLDFAST, "campaign", "work", String(id), "--jobs", "1"], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: "ignore",
  });
}

async function handOn(database: Database, queue: Queue, campaign: Campaign, gate: Held, from: number, schedules: number): Promise<void> {
  const rest = [{ kind: "stretch", cell: 0, from, schedules }] as const;
  await handIn(database, queue, campaign, gate, { results: [], rest, schedules: 0 }, null);
}

/** Waits until all workers have arrived, or have done a job. */
async function workersAre({ pool }: Database, what: "id" | "worker", processes: readonly ChildProcess[]): Promise<void> {
  const asked =
    what === "id"
      ? "select count(*)::int from holdfast_campaign_workers"
      : "select count(distinct worker)::int from holdfast_campaign_jobs";
  for (;;) {
    const { rows } = await pool.query<{ count: number }>(asked);
    if (rows[0]?.count === processes.length) return;
    const ended = processes.find(({ exitCode }) => exitCode !== null);
    if (ended !== undefined) throw new Error(`expected a worker to wait for work, and it ended with ${ended.exitCode}`);
    await delay(LOOK_EVERY, new AbortController().signal);
  }
}

async function figures({ pool }: Database, { jobs }: RunOrder, warming: number): Promise<RunFigures> {
  const { rows } = await pool.query<RunFigures & { jobs: number }>(
    `select count(*)::int as jobs,
      (1000 * extract(epoch from max(held.completed_on) - min(held.started_on)))::float8 as milliseconds,
      avg(done.work_ms) / 1000 as "jobSeconds", sum(done.queue_ms) / sum(done.queue_ms + done.work_ms) as "queueShare",
      (select count(*) from holdfast_campaign_states where first_schedule >= $1) / count(*)::float8 as "statesPerJob"
    from holdfast_campaign_jobs done join holdfast_jobs.job held using (id)
    where done.worker is not null and (done.pieces -> 0 ->> 'from')::bigint >= $1`,
    [warming],
  );
  const [sum] = rows;
  if (sum?.jobs !== jobs) throw new Error(`expected ${jobs} jobs to be done, got ${sum?.jobs}`);
  return sum;
}
