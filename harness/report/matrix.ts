import type { CellReport, CellResult } from "../model/cell.ts";
import { counted, plain } from "./words.ts";

/** One line of the matrix: the same client, searched the same way, under every profile. */
export interface MatrixRow {
  readonly client: string;
  readonly isolates: number;
  readonly explore: string;
  /** What sets this line apart from others like it, for instance `faults issuer-503:1`; empty when nothing does. */
  readonly variant: string;
  /** By column; a hole where the run had no such cell. */
  readonly cells: readonly (CellReport | undefined)[];
}

/** The cells of one scenario. */
export interface MatrixGroup {
  readonly scenario: string;
  /** What all of its cells have in common, for instance `8 loads, crypto=inline`. */
  readonly common: string;
  readonly profiles: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** The facts of a cell that stand in the heading when all cells share them, and in the line otherwise. */
const FACETS: readonly ((result: CellResult) => string)[] = [
  ({ loads }) => counted(loads, "load"),
  ({ faults }) => (faults === "" ? "no faults" : `faults ${faults}`),
  ({ timeSteps }) => (timeSteps === 0 ? "no time moves" : counted(timeSteps, "time step")),
  ({ lane }) => lane,
  ({ granularity }) => granularity,
];

/** Arranges cells: one group for each scenario, one line for each client and search, one column for each profile. */
export function matrixOf(reports: readonly CellReport[]): readonly MatrixGroup[] {
  return groupBy(reports, ({ result }) => result.scenario).map((group) => {
    const shared = FACETS.filter((facet) => new Set(group.map(({ result }) => facet(result))).size === 1);
    const own = FACETS.filter((facet) => !shared.includes(facet));
    const [first] = group;
    const profiles = [...new Set(group.map(({ result }) => result.profile))];
    return {
      scenario: plain(first.result.scenario),
      common: plain(shared.map((facet) => facet(first.result)).join(", ")),
      profiles: profiles.map(plain),
      rows: groupBy(group, (report) => lineKey(report, own)).flatMap((line) => rowsOf(line, profiles, own)),
    };
  });
}

function lineKey({ result }: CellReport, own: typeof FACETS): string {
  const { target, strategy, isolates, explore } = result;
  return JSON.stringify([target, strategy, isolates, explore, ...own.map((facet) => facet(result))]);
}

/** Cells that fall on the same place, for instance two seeds of one cell, get a line each. */
function rowsOf(line: Group<CellReport>, profiles: readonly string[], own: typeof FACETS): MatrixRow[] {
  const columns = profiles.map((profile) => line.filter(({ result }) => result.profile === profile));
  const height = Math.max(...columns.map((column) => column.length));
  const { result } = line[0];
  return Array.from({ length: height }, (_, index) => ({
    client: plain(`${result.target}/${result.strategy}`),
    isolates: result.isolates,
    explore: plain(result.explore),
    variant: plain(own.map((facet) => facet(result)).join(", ")),
    cells: columns.map((column) => column[index]),
  }));
}

/** A group always has a first member. */
type Group<T> = readonly [T, ...T[]];

function groupBy<T>(items: readonly T[], key: (item: T) => string): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
