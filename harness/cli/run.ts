import { openServer } from "../lanes/postgres/open-server.ts";
import { cellOf } from "../library/registry.ts";
import { assertReportPlace } from "../report/index.ts";
import { databaseCellOf } from "./database-cells.ts";
import type { ExitStatus } from "./exit-status.ts";
import { cellsOf } from "./run-cells.ts";
import type { RunOptions } from "./run-options.ts";
import { assertGoesWithShard, runShard, shardFolder } from "./run-shard.ts";
import { runWhole } from "./run-whole.ts";
import { reportFolder } from "./tell-run.ts";

/** `holdfast run`: runs cells, prints the matrix and what broke, and writes the report. */
export async function run(scenarios: readonly string[], options: RunOptions): Promise<ExitStatus> {
  const { shard, lane = "simulation" } = options;
  if (shard !== undefined) assertGoesWithShard(options);
  const cells = await cellsOf(scenarios, options);
  const { specs, whole } = cells;
  const folder = options.report ?? (shard === undefined ? reportFolder(whole, lane) : shardFolder(shard));
  // Names are looked up before anything runs, so that a typing error costs nothing and leaves nothing behind.
  await Promise.all(specs.map((spec) => (spec.lane === "postgres" ? databaseCellOf(spec) : cellOf(spec))));

  await assertReportPlace(folder);
  if (!whole && specs.length > MANY) process.stderr.write(`${specs.length} cells: name a scenario or a --profile for fewer.\n`);
  const server = lane === "postgres" ? await openServer() : null;
  try {
    const address = server?.address ?? null;
    return shard === undefined ? await runWhole(cells, options, folder, address) : await runShard(cells, shard, options, folder, address);
  } finally {
    await server?.stop();
  }
}

/** More cells than that take minutes, and somebody who named no scenario may not have meant all of them. */
const MANY = 50;
