import { createDatabase } from "../lanes/postgres/create-database.ts";
import { openTestServer } from "../lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../lanes/postgres/server.ts";
import { codeVersion } from "../library/code-version.ts";
import type { Campaign } from "../model/campaign.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { type Database, migrate, openDatabase } from "./database.ts";
import type { PlanOptions } from "./plan.ts";
import { planned } from "./plan.ts";
import { Queue } from "./queue.ts";
import { kindOf } from "./sized.ts";
import { createCampaign, findCampaign } from "./store.ts";

/** A campaign in a database of its own. */
export interface TestCampaign {
  readonly url: string;
  readonly database: Database;
  readonly queue: Queue;
  readonly campaign: Campaign;
  close(): Promise<void>;
}

/** Begins a campaign with these cells, on a server that may be somebody else's, too. */
export async function beginCampaign(
  server: PostgresServer,
  cells: readonly CellSpec[],
  plan: Partial<PlanOptions> & { readonly jobs?: Parameters<typeof createCampaign>[2]["jobs"] } = {},
): Promise<TestCampaign> {
  const own = await createDatabase(server.address);
  const database = openDatabase(own.url);
  await migrate(database);
  const queue = await Queue.open(database, true);
  const sized = cells.map((spec, cell) => ({ cell, kind: kindOf(spec), schedules: spec.schedules, pace: 10 }));
  const jobs = plan.jobs ?? planned(sized, { seconds: 15, schedulesPerJob: null, ...plan });
  const id = await createCampaign(database, queue, {
    name: "test",
    code: await codeVersion(cells.map(({ target }) => target)),
    seed: 1,
    seconds: 15,
    schedulesPerJob: null,
    ...plan,
    cells,
    jobs,
  });
  return {
    ...{ url: own.url, database, queue, campaign: await findCampaign(database, String(id)) },
    async close() {
      await queue.close();
      await database.close();
      await own.drop();
    },
  };
}

export { openTestServer };

const CELL: CellSpec = {
  ...{ scenario: "page-loads-at-expiry", target: "reference", strategy: "single-flight", profile: "workos" },
  ...{ isolates: 1, loads: 3, page: "request", faults: {}, timeSteps: 0, crypto: "inline", lane: "simulation" },
  ...{ explore: "random", schedules: 60, seed: 3, expect: null },
};

export function cell(choice: Partial<CellSpec> = {}): CellSpec {
  return { ...CELL, ...choice };
}

/** What differs from one run to the next, and nothing else. */
export function withoutTimes(report: CellReport | null) {
  return report === null ? null : { result: { ...report.result, durationMs: 0 }, counterexample: report.counterexample };
}
