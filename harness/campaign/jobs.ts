import { randomUUID } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Campaign } from "../model/campaign.ts";
import type { CellSpec } from "../model/cell.ts";
import { chunks } from "./chunks.ts";
import type { Database, Db } from "./database.ts";
import type { Piece } from "./pieces.ts";
import type { Held, Queue } from "./queue.ts";
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
    await transaction.insertInto("campaign_jobs").values(rows).execute();
    await queue.add(
      id,
      rows.map((row) => row.id),
      transaction,
    );
  }
}

/** What is still to be done of a job: null where it is done or set aside. Pieces of cells that are decided are left out. */
export async function orderOf({ db }: Database, { id }: Campaign, job: string): Promise<readonly OrderedPiece[] | null> {
  const row = await db
    .selectFrom("campaign_jobs")
    .select(["pieces", "state"])
    .where("id", "=", job)
    .where("campaign", "=", id)
    .executeTakeFirst();
  if (row === undefined || row.state !== "open") return null;
  const cells = [...new Set(row.pieces.map(({ cell }) => cell))];
  const specs = await db.selectFrom("campaign_cells").selectAll().where("campaign", "=", id).where("cell", "in", cells).execute();
  const decided = await db
    .selectFrom("campaign_results")
    .select(["cell", (row) => row.fn.min("first_schedule").as("from")])
    .where("campaign", "=", id)
    .where("cell", "in", cells)
    .where("decided", "=", true)
    .groupBy("cell")
    .execute();
  const open = row.pieces.filter((piece) => {
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
  const rows = await db.selectFrom("campaign_states").select("state").where("campaign", "=", campaign).where("cell", "=", cell).execute();
  return rows.map(({ state }) => state);
}

/**
 * Says that a job has killed the worker that ran it.
 *
 * @returns whether it is set aside for that
 */
export async function countDeath({ db }: Database, queue: Queue, { id }: Campaign, held: Held, why: string): Promise<boolean> {
  const isAside = await db.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable("campaign_jobs")
      .set((job) => ({ deaths: job("deaths", "+", 1), last_death: why }))
      .set({ state: sql`case when deaths + 1 >= ${MOST_DEATHS} then 'aside' else state end` })
      .where("id", "=", held.id)
      .where("state", "=", "open")
      .returning("state")
      .executeTakeFirst();
    if (row?.state !== "aside") return false;
    await queue.complete(id, held, transaction);
    return true;
  });
  if (!isAside) await queue.giveBack(id, held);
  return isAside;
}

/** Whether every job of it is done or set aside. */
export async function isDone({ db }: Database, { id }: Campaign): Promise<boolean> {
  const open = await db
    .selectFrom("campaign_jobs")
    .select("id")
    .where("campaign", "=", id)
    .where("state", "=", "open")
    .limit(1)
    .executeTakeFirst();
  return open === undefined;
}
