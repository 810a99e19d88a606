import type { CellReport, CellResult } from "../model/cell.ts";
import { counted, plain } from "./words.ts";

/** One line of the matrix: the same client, searched the same way, under every profile. */
export interface MatrixRow {
  readonly client: string;
  readonly isolates: number;
  readonly explore: string;
  /** By column; a hole where the run had no such cell. */
  readonly cells: readonly (CellReport | undefined)[];
}

/** The cells of one scenario under one set of circumstances. */
export interface MatrixGroup {
  readonly scenario: string;
  /** For instance `8 loads, no faults, no time moves, simulation, crypto=inline`. */
  readonly circumstances: string;
  readonly profiles: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** Arranges cells: a group for each scenario and its circumstances, a line for each client and search, a column for each profile. */
export function matrixOf(reports: readonly CellReport[]): readonly MatrixGroup[] {
  return groupBy(reports, ({ result }) => JSON.stringify([result.scenario, circumstancesOf(result)])).map((group) => {
    const profiles = [...new Set(group.map(({ result }) => result.profile))];
    const lines = groupBy(group, ({ result }) => JSON.stringify([result.target, result.strategy, result.isolates, result.explore]));
    return {
      scenario: plain(group[0].result.scenario),
      circumstances: plain(circumstancesOf(group[0].result)),
      profiles: profiles.map(plain),
      rows: lines.flatMap((line) => rowsOf(line, profiles)),
    };
  });
}

/** What it means that a cell was cut off. */
export const CUT_OFF = "cut off: somebody stopped the run before this search had ended.";

/** What the number of schedules in a cell means. */
export function countLegend(reports: readonly CellReport[]): readonly string[] {
  if (!reports.some(({ result }) => result.completeness === "complete")) return scheduleLegend(reports);
  return [
    "proved: every order of events was tried, or is equal to one that was; the number is how many states that are.",
    ...scheduleLegend(reports),
  ];
}

function scheduleLegend(reports: readonly CellReport[]): readonly string[] {
  if (!reports.some(({ result }) => result.verdict === "cannot-be-had"))
    return ["The number is how many schedules were run, up to the first that breaks an invariant."];
  return [
    "The number is how many schedules were run, up to the first that is VIOLATED.",
    "cannot-be-had is a limit of the issuer, not a bug of the client, and the search goes on after it.",
  ];
}

function circumstancesOf({ loads, page, faults, timeSteps, lane, granularity }: CellResult): string {
  const fault = faults === "" ? "no faults" : `faults ${faults}`;
  const time = timeSteps === 0 ? "no time moves" : counted(timeSteps, "time move");
  const what = page === "request" ? counted(loads, "load") : `${counted(loads, "load")} of a document with fetches`;
  return [what, fault, time, lane, granularity].join(", ");
}

/** Cells that fall on the same place, for instance two seeds of one cell, get a line each. */
function rowsOf(line: Group<CellReport>, profiles: readonly string[]): MatrixRow[] {
  const columns = profiles.map((profile) => line.filter(({ result }) => result.profile === profile));
  const { target, strategy, isolates, explore } = line[0].result;
  return Array.from({ length: Math.max(...columns.map((column) => column.length)) }, (_, index) => ({
    client: plain(`${target}/${strategy}`),
    isolates,
    explore: plain(explore),
    cells: columns.map((column) => column[index]),
  }));
}

/** A group always has a first member. */
export type Group<T> = readonly [T, ...T[]];

/** The items that have the same key, together, in order of appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
