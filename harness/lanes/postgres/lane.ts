import type { CellReport } from "../../model/cell.ts";
import type { Setting, Simulation } from "../simulation.ts";
import { CrashPoints } from "./crash-points.ts";
import { Database, type Tables } from "./database.ts";
import { STATEMENT_FAULTS } from "./faults.ts";
import type { ServerAddress } from "./server.ts";
import type { Statements } from "./statements.ts";

/** One run of this lane. */
export interface DatabaseRun {
  readonly simulation: Simulation;
  readonly statements: Statements;
}

/** What is played in a database: opens one run in one that is empty, ready to step. */
export interface Play {
  readonly tables: Tables;
  open(setting: Setting, database: Database, crashPoints: CrashPoints): Promise<DatabaseRun>;
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
  server: ServerAddress,
  play: Play,
  work: (lane: DatabaseLane<S>) => Promise<T>,
): Promise<T> {
  const breaks = STATEMENT_FAULTS.some(({ name }) => setting.spec.faults[name] !== undefined);
  const database = await Database.create(server, play.tables, breaks);
  const crashPoints = new CrashPoints();
  let last: Statements | null = null;
  try {
    return await work({
      setting: {
        ...setting,
        // Connections are opened when a run first needs them, and used by the next. No actor can open one.
        sharesThread: true,
        async open(opened: Setting) {
          await last?.end();
          await database.reset();
          const { simulation, statements } = await play.open(opened, database, crashPoints);
          last = statements;
          return simulation;
        },
      },
      finish: ({ result, ...report }) => ({ ...report, result: { ...result, crashPoints: crashPoints.all() } }),
    });
  } finally {
    await (last as Statements | null)?.end();
    await database.drop();
  }
}
