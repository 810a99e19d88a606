import { hostname } from "node:os";
import type { Campaign } from "../model/campaign.ts";
import type { Database } from "./database.ts";

/** Seconds without a sign of life after which a worker is taken for gone. */
export const GONE = 15;

/** A worker is there. */
export async function arrive({ db }: Database, { id: campaign, code }: Campaign, id: string): Promise<void> {
  await db
    .insertInto("campaign_workers")
    .values({ id, campaign, code, host: hostname(), pid: process.pid, node: process.versions.node })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** It gives a sign of life. */
export async function seen({ db }: Database, id: string): Promise<void> {
  await db.updateTable("campaign_workers").set({ seen_at: new Date() }).where("id", "=", id).execute();
}

/** It has nothing more to do. */
export async function leave({ db }: Database, id: string): Promise<void> {
  await db.updateTable("campaign_workers").set({ left_at: new Date() }).where("id", "=", id).execute();
}
