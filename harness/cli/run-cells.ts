import { CATALOGUE } from "../lanes/catalogue.ts";
import { parseFaults } from "../lanes/faults.ts";
import { describedCell } from "../library/described-cell.ts";
import { loadTarget, playableBy, scenarioNamed } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";
import { chosenDatabaseCells } from "./database-cells.ts";
import { defaultCells } from "./default-cells.ts";
import { defaultDatabaseCells } from "./default-database-cells.ts";
import type { RunOptions } from "./run-options.ts";

/** The cells of a run, and whether they are the default ones, each with what it is expected to show. */
export interface RunCells {
  readonly specs: readonly CellSpec[];
  readonly whole: boolean;
}

/**
 * The cells that arguments describe; the default ones of the lane where they describe none.
 *
 * @throws HoldfastError `BAD_USAGE` for a name that nobody has
 */
export async function cellsOf(scenarios: readonly string[], options: RunOptions): Promise<RunCells> {
  const whole = isDefault(scenarios, options);
  return { specs: await specsOf(scenarios, options, whole), whole };
}

async function specsOf(scenarios: readonly string[], options: RunOptions, whole: boolean): Promise<readonly CellSpec[]> {
  if (options.lane === "postgres") return whole ? defaultDatabaseCells(options.seed) : chosenDatabaseCells(scenarios, options);
  return whole ? defaultCells(options.seed) : chosenCells(scenarios, options);
}

/** Options that describe no cell. A lane has default cells of its own. */
const BESIDE: ReadonlySet<string> = new Set(["seed", "jobs", "json", "junit", "report", "shrink", "record", "corpus", "lane", "shard"]);

/** True when no argument describes cells; where results go and how fast they come does not. */
function isDefault(scenarios: readonly string[], options: RunOptions): boolean {
  return scenarios.length === 0 && Object.keys(options).every((name) => BESIDE.has(name));
}

async function chosenCells(names: readonly string[], options: RunOptions): Promise<readonly CellSpec[]> {
  const targetName = options.target ?? "reference";
  const target = await loadTarget(targetName);
  const faults = parseFaults(options.faults ?? "");
  const profiles = options.profile === undefined ? CATALOGUE.profiles.map(({ name }) => name) : [options.profile];
  return (names.length === 0 ? playableBy(target) : names).flatMap((name) => {
    const scenario = scenarioNamed(name);
    return profiles.map((profile) => describedCell({ ...options, faults, profile }, scenario, target, targetName));
  });
}
