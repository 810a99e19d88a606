import { randomUUID } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Campaign } from "../model/campaign.ts";
import type { CellSpec } from "../model/cell.ts";
import { chunks } from "./chunks.ts";
import type { Database, Db } from "./database.ts";
import type { Piece } from "./pieces.ts";
import { type Held, type Queue, SCHEMA } from "./queue.ts";
import type { OrderedPiece } from "./run-job.ts";
import type { Tables } from "./tables.ts";

/** A job that kills so many workers is set aside. */
export const MOST_DEATHS = 3;

/** Adds jobs, in the order in which they are to be done. */
export async function addJobs(
  transaction: Transaction<Tables>,
  queue: Queue,
  { id, code }: Pick<Campaign, "id" | "code">,
  jobs: readonly (readonly Piece[])[],
): Promise<void> {
  for (const some of chunks(jobs)) {
    const rows = some.map((pieces) => ({ id: randomUUID(), campaign: id, code, pieces: JSON.stringify(pieces) }));
    await transaction.insertInto("holdfast_campaign_jobs").values(rows).execute();
    await queue.add(
      id,
      rows.map((row) => row.id),
      transaction,
    );
  }
}

/** What is still to be done of a job: null where it is done or set aside. Pieces of cells that are decided are left out, and shares of a search whose budget is spent. */
export async function orderOf({ db }: Database, { id }: Campaign, job: string): Promise<readonly OrderedPiece[] | null> {
  const row = await db
    .selectFrom("holdfast_campaign_jobs")
    .select(["pieces", "state"])
    .where("id", "=", job)
    .where("campaign", "=", id)
    .executeTakeFirst();
  if (row === undefined || row.state !== "open") return null;
  const cells = [...new Set(row.pieces.map(({ cell }) => cell))];
  const specs = await db.selectFrom("holdfast_campaign_cells").selectAll().where("campaign", "=", id).where("cell", "in", cells).execute();
  const decided = await db
    .selectFrom("holdfast_campaign_results")
    .select(["cell", (row) => row.fn.min("first_schedule").as("from")])
    .where("campaign", "=", id)
    .where("cell", "in", cells)
    .where("decided", "=", true)
    .groupBy("cell")
    .execute();
  const spent = await db
    .selectFrom("holdfast_campaign_results")
    .select(["cell", (row) => row.fn.sum<string>("schedules").as("schedules")])
    .where("campaign", "=", id)
    .where("cell", "in", cells)
    .where("kind", "=", "share")
    .groupBy("cell")
    .execute();
  const open = row.pieces.filter((piece) => {
    const budget = specs.find(({ cell }) => cell === piece.cell)?.spec.schedules ?? 0;
    if (piece.kind === "share" && Number(spent.find(({ cell }) => cell === piece.cell)?.schedules ?? 0) >= budget) return false;
    const from = decided.find(({ cell }) => cell === piece.cell)?.from;
    return from === undefined || (piece.kind === "stretch" && piece.from < Number(from));
  });
  return Promise.all(
    open.map(async (piece) => ({
      piece,
      spec: specs.find(({ cell }) => cell === piece.cell)?.spec as CellSpec,
      known: piece.kind === "share" ? await knownStates(db, id, piece.cell) : [],
    })),
  );
}

async function knownStates(db: Db, campaign: number, cell: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("holdfast_campaign_states")
    .select("state")
    .where("campaign", "=", campaign)
    .where("cell", "=", cell)
    .execute();
  return rows.map(({ state }) => state);
}

/**
 * Says that a job has killed the worker that ran it, and gives it back; asked twice, that counts once.
 *
 * @returns whether it is set aside for that
 */
export async function countDeath({ db }: Database, queue: Queue, { id }: Campaign, held: Held, why: string): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    if (!(await queue.giveBack(id, held, transaction))) return false;
    const row = await transaction
      .updateTable("holdfast_campaign_jobs")
      // A text of Postgres' has no NUL, and no half of a character.
      .set((job) => ({ deaths: job("deaths", "+", 1), last_death: why.replaceAll("\0", "\ufffd").toWellFormed() }))
      .set({ state: sql`case when deaths + 1 >= ${MOST_DEATHS} then 'aside' else state end` })
      .where("id", "=", held.id)
      .where("state", "=", "open")
      .returning("state")
      .executeTakeFirst();
    return row?.state === "aside";
  });
}

/** Gives a job back as it is. */
export async function giveBack({ db }: Database, queue: Queue, { id }: Campaign, held: Held): Promise<void> {
  await db.transaction().execute((transaction) => queue.giveBack(id, held, transaction));
}

/**
 * Sets jobs aside that are open and that the queue has given up: their workers have vanished as often as it tries.
 *
 * @returns how many
 */
export async function setGivenUpAside({ db }: Database, { id }: Campaign): Promise<number> {
  const { rows } = await sql`
    update holdfast_campaign_jobs as job set state = 'aside', last_death = 'its workers have vanished, again and again'
    where campaign = ${id} and state = 'open' and not exists (
      select from ${sql.id(SCHEMA, "job")} as queued where queued.id = job.id and queued.state in ('created', 'retry', 'active')
    ) returning id`.execute(db);
  return rows.length;
}

/** Whether every job of it is done or set aside. */
export async function isDone({ db }: Database, { id }: Campaign): Promise<boolean> {
  const open = await db
    .selectFrom("holdfast_campaign_jobs")
    .select("id")
    .where("campaign", "=", id)
    .where("state", "=", "open")
    .limit(1)
    .executeTakeFirst();
  return open === undefined;
}
