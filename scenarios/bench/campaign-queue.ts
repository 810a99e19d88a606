import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Database, migrate, openDatabase } from "../../harness/campaign/database.ts";
import { Queue } from "../../harness/campaign/queue.ts";
import { createCampaign } from "../../harness/campaign/store.ts";
import { createDatabase } from "../../harness/lanes/postgres/create-database.ts";
import type { ServerAddress } from "../../harness/lanes/postgres/server.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import type { Looped, LoopOrder } from "./campaigns/loop.ts";

const LOOP = fileURLToPath(new URL("campaigns/loop.ts", import.meta.url));
const LOOPS = [1, 2, 4, 8, 16, 32];
/** Processes that share the loops: more than cores, so that no one of them is what is measured. */
const MOST_PROCESSES = 4;
/** What a job hands in, and how many jobs are taken. */
const WEIGHTS = [
  { states: 0, jobs: 1_600 },
  { states: 2_000, jobs: 96 },
];

/** So many loops at once, each with a connection: a job taken, read and handed in, and the next. */
export interface LoopFigures {
  readonly loops: number;
  /** New states that each job hands in. */
  readonly states: number;
  readonly jobsPerSecond: number;
  /** Milliseconds: in the middle, and of the slowest hundredth the fastest. */
  readonly take: readonly [p50: number, p99: number];
  readonly handIn: readonly [p50: number, p99: number];
  /** What the server writes down first for each job. */
  readonly walBytes: number;
}

export interface QueueFigures {
  readonly loops: readonly LoopFigures[];
  /** Bytes of a state in its table, its index with it. */
  readonly stateBytes: number;
}

/** What the queue can do when nobody does anything else. */
export async function measureQueue(server: ServerAddress, spec: CellSpec): Promise<QueueFigures> {
  const own = await createDatabase(server);
  const database = openDatabase(own.url);
  await migrate(database);
  const queue = await Queue.open(database, false);
  try {
    const figures: LoopFigures[] = [];
    for (const { states, jobs } of WEIGHTS) {
      // The first only warms the server up.
      for (const [index, loops] of [1, ...LOOPS].entries()) {
        const pieces = Array.from({ length: jobs }, (_, from) => [{ kind: "stretch", cell: 0, from, schedules: 1 } as const]);
        const campaign = { name: "bench", code: "bench", seed: 1, seconds: 15, schedulesPerJob: 1 };
        const id = await createCampaign(database, queue, { ...campaign, cells: [spec], jobs: pieces });
        // The server is one without autovacuum.
        await database.pool.query("vacuum analyze");
        const measured = await measureLoops(database, { url: own.url, campaign: id, states }, loops);
        if (index > 0) figures.push({ loops, states, ...measured });
      }
    }
    return { loops: figures, stateBytes: await stateBytes(database) };
  } finally {
    await queue.close();
    await database.close();
    await own.drop();
  }
}

async function measureLoops(database: Database, order: Omit<LoopOrder, "loops">, loops: number) {
  const count = Math.min(loops, MOST_PROCESSES);
  const processes = Array.from({ length: count }, () => fork(LOOP, [JSON.stringify({ ...order, loops: loops / count })]));
  try {
    await Promise.all(processes.map((process) => once(process, "message")));
    const wal = await walAt(database);
    const began = performance.now();
    const done = await Promise.all(processes.map(go));
    const seconds = (performance.now() - began) / 1000;
    const take = done.flatMap((looped) => looped.take);
    const walBytes = ((await walAt(database)) - wal) / take.length;
    return { jobsPerSecond: take.length / seconds, take: spread(take), handIn: spread(done.flatMap((looped) => looped.handIn)), walBytes };
  } finally {
    const ended = processes.filter(({ exitCode }) => exitCode === null).map((process) => once(process, "exit"));
    for (const process of processes) if (process.connected) process.disconnect();
    await Promise.all(ended);
  }
}

async function go(process: ChildProcess): Promise<Looped> {
  const answer = once(process, "message");
  process.send("go");
  const [looped] = await answer;
  return looped as Looped;
}

async function walAt({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ at: string }>("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as at");
  return Number(rows[0]?.at);
}

async function stateBytes({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    "select pg_total_relation_size('holdfast_campaign_states') / count(*)::float8 as bytes from holdfast_campaign_states",
  );
  return rows[0]?.bytes ?? Number.NaN;
}

function spread(values: readonly number[]): readonly [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
  return [at(0.5), at(0.99)];
}
