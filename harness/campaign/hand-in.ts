import { sql, type Transaction } from "kysely";
import type { CellShare } from "../lanes/cell.ts";
import { traceOf, signatureOf as traceSignatureOf, traceText } from "../lanes/corpus.ts";
import { signatureOf, stepsOf } from "../lanes/reliability.ts";
import type { Campaign } from "../model/campaign.ts";
import type { CellReport } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import { chunks } from "./chunks.ts";
import type { Database } from "./database.ts";
import { addJobs } from "./jobs.ts";
import type { PieceResult } from "./pieces.ts";
import { replanned } from "./plan.ts";
import { GONE } from "./presence.ts";
import type { Held, Queue } from "./queue.ts";
import { type JobOutcome, schedulesOf } from "./run-job.ts";
import type { Tables } from "./tables.ts";

/** What a worker says of the time that it spent, in real milliseconds. */
export interface Spent {
  readonly work: number;
  /** On fetching the job, and on handing in the one before. */
  readonly queue: number;
}

/**
 * Hands in what a job came to, all of it or nothing, and only once: of several workers that have done the same job the first counts.
 * What is left of it becomes jobs of their own.
 *
 * @param worker null where nothing was done
 */
export async function handIn(
  { db }: Database,
  queue: Queue,
  campaign: Campaign,
  held: Held,
  { results, rest, schedules }: JobOutcome,
  worker: { readonly id: string; readonly spent: Spent } | null,
): Promise<void> {
  const { id, code } = campaign;
  await db.transaction().execute(async (transaction) => {
    const done = await transaction
      .updateTable("campaign_jobs")
      .set({ state: "done", worker: worker?.id ?? null, work_ms: worker?.spent.work ?? 0, queue_ms: worker?.spent.queue ?? 0 })
      .set({ schedules, done_at: new Date() })
      .where("id", "=", held.id)
      .where("state", "=", "open")
      .returning("id")
      .executeTakeFirst();
    await queue.complete(id, held, transaction);
    if (done === undefined) return;
    for (const result of results) await addResult(transaction, campaign, held.id, result);
    if (rest.length === 0) return;
    const milliseconds = worker?.spent.work ?? 0;
    const hands = rest.some(({ kind }) => kind === "share") ? await idleHands(transaction, id) : 1;
    await addJobs(transaction, queue, { id, code }, replanned(rest, { schedules, milliseconds }, campaign, hands));
  });
}

/** For how many workers there is no job, and some to spare: a job that is shared late is shared for nothing. */
async function idleHands(transaction: Transaction<Tables>, campaign: number): Promise<number> {
  const { open } = await transaction
    .selectFrom("campaign_jobs")
    .select((row) => row.fn.countAll<string>().as("open"))
    .where("campaign", "=", campaign)
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  const { workers } = await transaction
    .selectFrom("campaign_workers")
    .select((row) => row.fn.countAll<string>().as("workers"))
    .where("campaign", "=", campaign)
    .where("left_at", "is", null)
    .where("seen_at", ">", sql<Date>`now() - make_interval(secs => ${GONE})`)
    .executeTakeFirstOrThrow();
  return Math.max(1, 2 * Number(workers) - Number(open));
}

async function addResult(transaction: Transaction<Tables>, { id: campaign, code }: Campaign, job: string, result: PieceResult) {
  const { kind, cell } = result;
  const part = result.kind === "whole" ? null : result.kind === "stretch" ? result.part : result.share.part;
  if (result.kind === "stretch") await addStates(transaction, campaign, cell, firstsOf(result.part));
  if (result.kind === "share") await addShare(transaction, campaign, cell, result.share);
  const report = result.kind === "whole" ? result.report : null;
  if (result.report !== null && result.report.result.violations.length > 0) {
    await keepCounterexample(transaction, { campaign, code, cell }, result.report);
  }
  await transaction
    .insertInto("campaign_results")
    .values({
      ...{ campaign, code, cell, job, kind },
      first_schedule: result.kind === "stretch" ? result.part.from : 0,
      schedules: schedulesOf(result),
      // What an error has ended is decided, too.
      decided: part === null || part.failure?.verdict === "violated" || part.error !== null,
      result: JSON.stringify(
        report ?? (result.kind === "share" ? { ...result.share, states: [], part: slim(result.share.part) } : slim(part as Part)),
      ),
    })
    .execute();
}

/** States stand in rows of their own. */
function slim(part: Part): Part {
  return { ...part, states: [], found: [] };
}

/** By which schedule of the cell each state was first passed through. */
function firstsOf({ from, states, found }: Part): readonly (readonly [state: string, first: number])[] {
  let at = 0;
  return found.flatMap((count, index) => {
    at += count;
    return states.slice(at - count, at).map((state) => [state, from + index] as const);
  });
}

async function addStates(
  transaction: Transaction<Tables>,
  campaign: number,
  cell: number,
  firsts: readonly (readonly [string, number])[],
): Promise<void> {
  // In one order everywhere, so that two who add the same states do not wait for each other.
  for (const some of chunks([...firsts].sort(([a], [b]) => (a < b ? -1 : 1)))) {
    await sql`
      insert into campaign_states (campaign, cell, state, first_schedule)
      select ${campaign}, ${cell}, state, first
      from unnest(${some.map(([state]) => state)}::text[], ${some.map(([, first]) => first)}::bigint[]) as new (state, first)
      on conflict (campaign, cell, state) do update set first_schedule = excluded.first_schedule
      where excluded.first_schedule < campaign_states.first_schedule`.execute(transaction);
  }
}

async function addShare(transaction: Transaction<Tables>, campaign: number, cell: number, { states }: CellShare): Promise<void> {
  await addStates(
    transaction,
    campaign,
    cell,
    states.map(({ key }) => [key, 0] as const),
  );
  const edges = states
    .flatMap(({ key, edges: own }) => own.map((edge, place) => ({ key, place, ...edge })))
    .sort((a, b) => (a.key === b.key ? a.place - b.place : a.key < b.key ? -1 : 1));
  for (const some of chunks(edges)) {
    await sql`
      insert into campaign_edges (campaign, cell, state, edge, alike, is_followed, leads_to)
      select ${campaign}, ${cell}, state, edge, alike, is_followed, leads_to
      from unnest(
        ${some.map(({ key }) => key)}::text[], ${some.map(({ place }) => place)}::int[], ${some.map(({ alike }) => alike)}::int[],
        ${some.map(({ to }) => to !== undefined)}::boolean[], ${some.map(({ to }) => to ?? null)}::text[]
      ) as new (state, edge, alike, is_followed, leads_to)
      on conflict (campaign, cell, state, edge) do update set is_followed = true, leads_to = excluded.leads_to
      where excluded.is_followed and not campaign_edges.is_followed`.execute(transaction);
  }
}

/**
 * Keeps a counterexample: of those that tell one story the shortest, and how often it was told; and for later runs as a trace.
 */
async function keepCounterexample(
  transaction: Transaction<Tables>,
  at: { readonly campaign: number; readonly code: string; readonly cell: number },
  report: CellReport,
): Promise<void> {
  const values = { ...at, signature: signatureOf(report), steps: stepsOf(report.result), report: JSON.stringify(report) };
  await transaction
    .insertInto("campaign_counterexamples")
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(["campaign", "signature"]).doUpdateSet((row) => ({
        times: sql`campaign_counterexamples.times + 1`,
        ...Object.fromEntries(
          (["cell", "steps", "report"] as const).map((column) => [
            column,
            sql`case when excluded.steps < campaign_counterexamples.steps then ${row.ref(`excluded.${column}`)} else ${row.ref(`campaign_counterexamples.${column}`)} end`,
          ]),
        ),
      })),
    )
    .execute();
  const trace = traceOf(report, "found by a campaign");
  if (trace === null) return;
  await transaction
    .insertInto("campaign_corpus")
    .values({ signature: traceSignatureOf(trace), code: at.code, trace: traceText(trace) })
    .onConflict((conflict) => conflict.column("signature").doNothing())
    .execute();
}
