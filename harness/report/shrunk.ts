import type { CellResult, Extent } from "../model/cell.ts";
import { counted } from "./words.ts";

/** A cell as its counterexample has it, which may be of a smaller one than the search was. */
export function cellShown(result: CellResult): CellResult {
  if (result.shrunk === null) return result;
  const { loads, isolates, page, faults, timeSteps, granularity } = result.shrunk.to;
  return { ...result, loads, isolates, page, faults, timeSteps, granularity };
}

/**
 * How much smaller a counterexample has become, in one line; null where it is what the search found.
 *
 * @example
 * ```ts
 * shrunkLine(report.result); // "Shrunk in 69 runs: 8 loads → 2, 11 choices beyond FIFO → 2, 60 steps → 30"
 * ```
 */
export function shrunkLine({ shrunk }: Pick<CellResult, "shrunk">): string | null {
  if (shrunk === null) return null;
  const { from, to, runs } = shrunk;
  const changes = [
    ...numbers(from, to, "loads", "load"),
    ...numbers(from, to, "isolates", "isolate"),
    ...(from.page === to.page ? [] : [`${from.page} → ${to.page}`]),
    ...(from.faults === to.faults ? [] : [`faults ${from.faults} → ${to.faults === "" ? "none" : to.faults}`]),
    ...numbers(from, to, "timeSteps", "time step"),
    ...(from.granularity === to.granularity ? [] : [`${from.granularity} → ${to.granularity.replace("crypto=", "")}`]),
    ...(from.choices === to.choices ? [] : [`${counted(from.choices, "choice")} beyond FIFO → ${to.choices}`]),
    ...numbers(from, to, "steps", "step"),
  ];
  const effort = counted(runs, "run");
  return changes.length === 0 ? `Nothing smaller was found in ${effort}` : `Shrunk in ${effort}: ${changes.join(", ")}`;
}

function numbers(from: Extent, to: Extent, key: "loads" | "isolates" | "timeSteps" | "steps", noun: string): string[] {
  return from[key] === to[key] ? [] : [`${counted(from[key], noun)} → ${to[key]}`];
}
