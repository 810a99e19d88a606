import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { openDatabase } from "../../../harness/campaign/database.ts";
import { handIn } from "../../../harness/campaign/hand-in.ts";
import { orderOf } from "../../../harness/campaign/jobs.ts";
import { Queue } from "../../../harness/campaign/queue.ts";
import type { JobOutcome } from "../../../harness/campaign/run-job.ts";
import { findCampaign } from "../../../harness/campaign/store.ts";

/** What a process of loops is told on its command line. */
export interface LoopOrder {
  readonly url: string;
  readonly campaign: number;
  readonly loops: number;
  /** New states that each job hands in; nothing at all is handed in without any. */
  readonly states: number;
}

/** Milliseconds, of each job. */
export interface Looped {
  readonly take: readonly number[];
  readonly handIn: readonly number[];
}

/** The key of a state is a digest of so many bytes, in base64. */
const KEY_BYTES = 20;

const order = JSON.parse(process.argv[2] ?? "") as LoopOrder;
const database = openDatabase(order.url, order.loops);
const queue = await Queue.open(database, false);
const campaign = await findCampaign(database, String(order.campaign));
// Connections are there before the time runs.
const connections = await Promise.all(Array.from({ length: order.loops }, () => database.pool.connect()));
for (const connection of connections) connection.release();
process.send?.("ready");
await once(process, "message");

const times = { take: [] as number[], handIn: [] as number[] };
await Promise.all(Array.from({ length: order.loops }, loop));
process.send?.(times satisfies Looped);
await once(process, "disconnect");
await queue.close();
await database.close();

/** A worker whose jobs take no time. */
async function loop(): Promise<void> {
  for (;;) {
    const began = performance.now();
    const job = await queue.take(campaign.id);
    if (job === null) return;
    const [ordered] = (await orderOf(database, campaign, job.id)) ?? [];
    const taken = performance.now();
    if (ordered?.piece.kind !== "stretch") throw new Error("unreachable: every job is one stretch");
    const outcome = order.states === 0 ? { results: [], rest: [], schedules: 0 } : outcomeOf(ordered.piece.from);
    const ready = performance.now();
    await handIn(database, queue, campaign, job, outcome, null);
    times.take.push(taken - began);
    times.handIn.push(performance.now() - ready);
  }
}

function outcomeOf(from: number): JobOutcome {
  const states = Array.from({ length: order.states }, () => randomBytes(KEY_BYTES).toString("base64url"));
  const steps = { min: 1, max: 1, sum: 1 };
  const part = { from, schedules: 1, steps, traceHash: "", reached: [], states, found: [states.length], durationMs: 0 };
  const clean = { ...part, failure: null, smaller: null, error: null, interrupted: false };
  return { results: [{ kind: "stretch", cell: 0, part: clean, report: null }], rest: [], schedules: 1 };
}
