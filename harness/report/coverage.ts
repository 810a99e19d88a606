import type { CellReport, CellResult } from "../model/cell.ts";

/** What the searches of one explorer have seen together, after so many schedules each. */
export interface Seen {
  readonly explorer: string;
  readonly cells: number;
  /** States after so many schedules of each cell, as far as all of them went; one that is complete counts on with all that there is. */
  readonly points: readonly (readonly [schedules: number, states: number])[];
}

/**
 * How many states searches have passed through, by explorer. A search that ended at what it looked for says nothing of what
 * there is, and a single schedule sees all that it will see: those are left out.
 */
export function coverageOf(reports: readonly CellReport[]): readonly Seen[] {
  const wholes = reports.map(({ result }) => result).filter(isWhole);
  return [...Map.groupBy(wholes, ({ explore }) => explore)].map(([explorer, cells]) => ({
    explorer,
    cells: cells.length,
    points: placesOf(cells, budgetOf(cells)).map((at) => [at, cells.reduce((sum, cell) => sum + statesAfter(cell, at), 0)] as const),
  }));
}

/** The cells that would gain from more schedules: those whose last schedules still found the most new states. */
export function stillGrowing(
  reports: readonly CellReport[],
  most: number,
): readonly { readonly result: CellResult; readonly rate: number }[] {
  return reports
    .map(({ result }) => ({ result, rate: rateOf(result) }))
    .filter(({ result, rate }) => isWhole(result) && result.completeness === "bounded" && rate > 0)
    .sort((a, b) => b.rate - a.rate)
    .slice(0, most);
}

function isWhole({ verdict, schedules, interrupted, growth }: CellResult): boolean {
  return (verdict === "holds" || verdict === "cannot-be-had") && schedules > 1 && !interrupted && growth.length > 1;
}

/** How far all cells went: where one's budget was over, a line that goes on would look as if there were nothing more to find. */
function budgetOf(cells: readonly CellResult[]): number {
  return Math.min(...cells.filter(({ completeness }) => completeness === "bounded").map(({ schedules }) => schedules));
}

function placesOf(cells: readonly CellResult[], most: number): readonly number[] {
  const places = cells.flatMap(({ growth }) => growth.map(([schedules]) => schedules));
  return [...new Set(places.filter((at) => at <= most))].sort((a, b) => a - b);
}

function statesAfter({ growth }: CellResult, schedules: number): number {
  return growth.findLast(([at]) => at <= schedules)?.[1] ?? 0;
}

/** New states a schedule, over the last part of the search. */
function rateOf({ growth }: CellResult): number {
  const [[before, some], [after, all]] = [growth.at(-2) ?? [0, 0], growth.at(-1) ?? [0, 0]];
  return after === before ? 0 : (all - some) / (after - before);
}
