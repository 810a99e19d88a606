import { type CellSpec, GRANULARITIES } from "../model/cell.ts";

/** Each way to make a cell smaller, in the order in which they are tried, the smallest cell of a way first. */
const WAYS: readonly ((spec: CellSpec) => readonly Partial<CellSpec>[])[] = [
  ({ loads }) => below(loads, 1).map((fewer) => ({ loads: fewer })),
  ({ isolates }) => below(isolates, 1).map((fewer) => ({ isolates: fewer })),
  ({ page }) => (page === "document" ? [{ page: "request" }] : []),
  ({ faults }) => Object.keys(faults).flatMap((name) => fewerOf(name, faults).map((fewer) => ({ faults: fewer }))),
  ({ timeSteps }) => below(timeSteps, 0).map((fewer) => ({ timeSteps: fewer })),
  ({ crypto }) => GRANULARITIES.slice(0, GRANULARITIES.indexOf(crypto)).map((coarser) => ({ crypto: coarser })),
];

/**
 * The cells that differ from this one in one thing only, and have less of it: what a failure is easier to understand in.
 *
 * @example
 * ```ts
 * smallerCells({ ...spec, loads: 3, isolates: 1, faults: {} }).map(({ loads }) => loads); // [1, 2]
 * ```
 */
export function smallerCells(spec: CellSpec): readonly CellSpec[] {
  return WAYS.flatMap((way) => way(spec).map((less) => ({ ...spec, ...less })));
}

/** Whether a cell has no more of anything than another one of the same names. */
export function isWithin(small: CellSpec, large: CellSpec): boolean {
  const names = ["scenario", "target", "profile", "strategy", "lane"] as const;
  return (
    names.every((name) => small[name] === large[name]) &&
    JSON.stringify(small.story) === JSON.stringify(large.story) &&
    small.loads <= large.loads &&
    small.isolates <= large.isolates &&
    (small.page === large.page || small.page === "request") &&
    Object.entries(small.faults).every(([name, count]) => count <= (large.faults[name] ?? 0)) &&
    small.timeSteps <= large.timeSteps &&
    GRANULARITIES.indexOf(small.crypto) <= GRANULARITIES.indexOf(large.crypto)
  );
}

/** Small numbers each, then by doubling, and the one just below: most failures need two or three of a thing. */
function below(count: number, least: number): readonly number[] {
  const numbers = new Set([least, 1, 2, 3, 4]);
  for (let number = 8; number < count; number *= 2) numbers.add(number);
  numbers.add(count - 1);
  return [...numbers].filter((number) => number >= least && number < count);
}

function fewerOf(name: string, faults: CellSpec["faults"]): readonly CellSpec["faults"][] {
  const { [name]: count = 0, ...others } = faults;
  return below(count, 0).map((fewer) => (fewer === 0 ? others : { ...faults, [name]: fewer }));
}
