import { sql } from "kysely";
import type { Campaign, CampaignCode } from "../model/campaign.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import { chunks } from "./chunks.ts";
import type { Database } from "./database.ts";
import { addJobs } from "./jobs.ts";
import type { Piece } from "./pieces.ts";
import type { Queue } from "./queue.ts";

const BEGIN = "begin one with: holdfast campaign start CONFIG";

/** What a campaign is begun with. */
export interface NewCampaign extends Omit<Campaign, "id" | "isStopped"> {
  readonly cells: readonly CellSpec[];
  readonly jobs: readonly (readonly Piece[])[];
}

/** Writes a campaign down, and what is to be done for it, all of it or nothing. */
export async function createCampaign({ db }: Database, queue: Queue, campaign: NewCampaign): Promise<number> {
  const { name, code, seed, seconds, schedulesPerJob, cells, jobs } = campaign;
  // A queue without a campaign is nobody's; a campaign without its jobs would look as if it were done.
  const { rows } = await sql<{ id: number }>`select nextval('holdfast_campaigns_id_seq')::int as id`.execute(db);
  const { id } = rows[0] as { id: number };
  await queue.create(id);
  await db.transaction().execute(async (transaction) => {
    const row = { id, name, code, seed, seconds, schedules_per_job: schedulesPerJob };
    await transaction.insertInto("holdfast_campaigns").values(row).execute();
    for (const rows of chunks([...cells.entries()])) {
      await transaction
        .insertInto("holdfast_campaign_cells")
        .values(rows.map(([cell, spec]) => ({ campaign: id, cell, spec: JSON.stringify(spec) })))
        .execute();
    }
    await addJobs(transaction, queue, { id, code }, jobs);
  });
  return id;
}

/**
 * A campaign by its number or its name, of which the newest counts; the newest of all where none is named.
 *
 * @throws HoldfastError `BAD_USAGE` where there is none
 */
export async function findCampaign({ db }: Database, wanted: string | undefined): Promise<Campaign> {
  const row = await db
    .selectFrom("holdfast_campaigns")
    .selectAll()
    .$if(wanted !== undefined, (query) =>
      query.where((is) => is.or([is("name", "=", wanted as string), is(sql<string>`id::text`, "=", wanted as string)])),
    )
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) {
    const newest = await db.selectFrom("holdfast_campaigns").select(["id", "name"]).orderBy("id", "desc").limit(10).execute();
    const known =
      newest.length === 0 ? "there is none yet" : `the newest are ${newest.map(({ id, name }) => `${id} (${name})`).join(", ")}`;
    throw new HoldfastError(
      "BAD_USAGE",
      wanted === undefined ? "expected a campaign, and there is none yet" : `expected a campaign by number or name, got "${wanted}"`,
      wanted === undefined ? BEGIN : `${known}; ${BEGIN}`,
    );
  }
  const { id, name, code, seed, seconds, schedules_per_job: schedulesPerJob, stopped_at } = row;
  return { id, name, code, seed, seconds, schedulesPerJob, isStopped: stopped_at !== null };
}

/** The cells of a campaign, in order. */
export async function cellsOf({ db }: Database, { id }: Pick<Campaign, "id">): Promise<readonly CellSpec[]> {
  const rows = await db.selectFrom("holdfast_campaign_cells").select("spec").where("campaign", "=", id).orderBy("cell").execute();
  return rows.map(({ spec }) => spec);
}

/** The code that may search it. */
export async function codeOf(database: Database, { id, code }: Campaign): Promise<CampaignCode> {
  const targets = new Set((await cellsOf(database, { id })).map(({ target }) => target));
  return { campaign: `campaign ${id}`, version: code, targets: [...targets] };
}

/** Nobody takes another job of it; what is being done is handed back. */
export async function stopCampaign({ db }: Database, { id }: Campaign): Promise<void> {
  await db
    .updateTable("holdfast_campaigns")
    .set({ stopped_at: sql<Date>`now()` })
    .where("id", "=", id)
    .where("stopped_at", "is", null)
    .execute();
}

/** Whether somebody has stopped it. */
export async function isStopped({ db }: Database, { id }: Campaign): Promise<boolean> {
  const { stopped_at } = await db.selectFrom("holdfast_campaigns").select("stopped_at").where("id", "=", id).executeTakeFirstOrThrow();
  return stopped_at !== null;
}
