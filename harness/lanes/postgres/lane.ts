import type { Explorer } from "../../explore/explorer.ts";
import type { CellReport, CellSpec } from "../../model/cell.ts";
import type { Schedule } from "../../model/program.ts";
import { type LaneCell, type Replayed, replayCell, runCell } from "../cell.ts";
import { Database } from "./database.ts";
import { STATEMENT_FAULTS } from "./faults.ts";
import { DatabaseRuns } from "./open-run.ts";
import type { DatabaseScenario } from "./scenario.ts";
import type { ServerAddress } from "./server.ts";

/** A cell of this lane with its names resolved. */
export interface DatabaseCell {
  readonly spec: CellSpec;
  readonly scenario: DatabaseScenario;
  readonly explorer: Explorer;
}

/**
 * Runs one cell on a server, in a database of its own that is gone afterwards. Like {@link runCell}, it never throws for what a run shows.
 *
 * @throws the driver's error when the server cannot be reached
 */
export function runDatabaseCell(
  cell: DatabaseCell,
  address: ServerAddress,
  onSchedule: (schedules: number) => void = () => {},
): Promise<CellReport> {
  return withLane(cell, address, (laneCell) => runCell(laneCell, onSchedule));
}

/** Runs one recorded schedule on a server. */
export function replayDatabaseCell(cell: DatabaseCell, schedule: Schedule, address: ServerAddress): Promise<Replayed> {
  return withLane(cell, address, (laneCell) => replayCell(laneCell, schedule));
}

async function withLane<T>(cell: DatabaseCell, address: ServerAddress, work: (cell: LaneCell) => Promise<T>): Promise<T> {
  const { spec, scenario } = cell;
  const breaks = STATEMENT_FAULTS.some(({ name }) => spec.faults[name] !== undefined);
  const database = await Database.create(address, scenario.tables, breaks);
  const runs = new DatabaseRuns(database);
  try {
    return await work({
      ...cell,
      target: { name: spec.target },
      keeps: KEPT,
      open: (canonicalKeys) => runs.open(scenario, spec, canonicalKeys),
    });
  } finally {
    await runs.end();
    await database.drop();
  }
}

/** Connections are opened when a run first needs them, and used by the next. No actor can open one. */
const KEPT: ReadonlySet<string> = new Set(["TCPSocketWrap", "TCPServerWrap"]);
