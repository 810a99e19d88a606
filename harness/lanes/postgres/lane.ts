import type { CellReport } from "../../model/cell.ts";
import type { Schedule } from "../../model/program.ts";
import { type Cell, type CellWatch, type Replayed, replayCell, runCell } from "../cell.ts";
import type { Setting } from "../simulation.ts";
import { Database } from "./database.ts";
import { STATEMENT_FAULTS } from "./faults.ts";
import { DatabaseRuns } from "./open-run.ts";
import type { DatabaseScenario } from "./scenario.ts";
import type { ServerAddress } from "./server.ts";

/** What a cell of this lane has beside what all have. */
export interface InDatabase {
  readonly scenario: DatabaseScenario;
  readonly server: ServerAddress;
}

/**
 * Runs one cell on a server, in a database of its own that is gone afterwards. Like {@link runCell}, it never throws for what a run shows.
 *
 * @throws the driver's error when the server cannot be reached
 */
export function runDatabaseCell(cell: Cell, inDatabase: InDatabase, watch: CellWatch = {}): Promise<CellReport> {
  return withLane(cell, inDatabase, (opened) => runCell(opened, watch));
}

/** Runs one recorded schedule on a server. */
export function replayDatabaseCell(setting: Setting, inDatabase: InDatabase, schedule: Schedule): Promise<Replayed> {
  return withLane(setting, inDatabase, (opened) => replayCell(opened, schedule));
}

async function withLane<S extends Setting, T>(setting: S, { scenario, server }: InDatabase, work: (setting: S) => Promise<T>): Promise<T> {
  const { spec } = setting;
  const breaks = STATEMENT_FAULTS.some(({ name }) => spec.faults[name] !== undefined);
  const database = await Database.create(server, scenario.tables, breaks);
  const runs = new DatabaseRuns(database);
  try {
    return await work({
      ...setting,
      // Connections are opened when a run first needs them, and used by the next. No actor can open one.
      sharesThread: true,
      open: ({ canonicalKeys = false }) => runs.open(scenario, spec, canonicalKeys),
    });
  } finally {
    await runs.end();
    await database.drop();
  }
}
