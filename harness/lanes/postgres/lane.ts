import type { CellReport } from "../../model/cell.ts";
import type { Setting } from "../simulation.ts";
import { Database } from "./database.ts";
import { STATEMENT_FAULTS } from "./faults.ts";
import { DatabaseRuns } from "./open-run.ts";
import type { DatabaseScenario } from "./scenario.ts";
import type { ServerAddress } from "./server.ts";

/** Where a cell of this lane runs, and what it plays. */
export interface DatabasePlace {
  readonly server: ServerAddress;
  readonly scenario: DatabaseScenario;
}

/** A cell of this lane, ready to be run as any other, as long as its database is there. */
export interface DatabaseLane<S extends Setting> {
  readonly setting: S;
  /** Adds to a report what only this lane knows. */
  finish(report: CellReport): CellReport;
}

/**
 * Runs a cell on a server, in a database of its own that is gone afterwards.
 *
 * @throws the driver's error when the server cannot be reached
 */
export async function inDatabase<S extends Setting, T>(
  setting: S,
  { server, scenario }: DatabasePlace,
  work: (lane: DatabaseLane<S>) => Promise<T>,
): Promise<T> {
  const breaks = STATEMENT_FAULTS.some(({ name }) => setting.spec.faults[name] !== undefined);
  const database = await Database.create(server, scenario.tables, breaks);
  const runs = new DatabaseRuns(database);
  try {
    return await work({
      setting: {
        ...setting,
        // Connections are opened when a run first needs them, and used by the next. No actor can open one.
        sharesThread: true,
        open: ({ spec, canonicalKeys = false }: Setting) => runs.open(scenario, spec, canonicalKeys),
      },
      finish: ({ result, ...report }) => ({ ...report, result: { ...result, crashPoints: runs.crashPoints() } }),
    });
  } finally {
    await runs.end();
    await database.drop();
  }
}
