import { readFile } from "node:fs/promises";
import { replayCell } from "../lanes/cell.ts";
import { formatFaults } from "../lanes/faults.ts";
import type { Kept } from "../lanes/reliability.ts";
import { decodeReplay } from "../lanes/replay-string.ts";
import { settingOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { checkedJson } from "../model/checked.ts";
import { HoldfastError } from "../model/error.ts";
import type { ReliabilityCell, ReliabilityResult } from "../model/reliability.ts";
import { reliabilitySchema } from "../report/index.ts";

/** What two matrices must have in common for one to go on where the other ended. */
type Common = Pick<ReliabilityResult, "scenario" | "isolates" | "loads" | "crypto" | "seed">;

/**
 * The JSON of a matrix that somebody goes on with.
 *
 * @throws HoldfastError `BAD_USAGE` where the file is none, or one of other cells
 */
export async function earlierMatrix(file: string, common: Common): Promise<ReliabilityResult> {
  const hint = "give what `holdfast matrix --json` wrote, or the report.json of its report";
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new HoldfastError("BAD_USAGE", `expected to read ${file}, but ${error.message}`, hint, { cause: error });
  });
  const result = checkedJson(reliabilitySchema, text, { code: "BAD_USAGE", what: file, hint }) as ReliabilityResult;
  const other = (Object.keys(common) as (keyof Common)[]).find((name) => result[name] !== common[name]);
  if (other === undefined) return result;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected a matrix with ${other} ${common[other]} in ${file}, got ${result[other]}`,
    "ask for the same, or begin anew without --continue",
  );
}

/** The cells of an earlier matrix that are asked for again, but for errors and for those that were searched less than is asked now; its counterexamples are played, so that they can be shown. */
export async function keptOf(before: ReliabilityResult | null, specs: readonly CellSpec[]): Promise<Kept> {
  const asked = new Map(specs.map((spec) => [placeOf(spec), spec.schedules]));
  const cells = (before?.cells ?? []).filter((cell) => isDone(cell, asked.get(placeOfCell(cell))));
  const shown = new Map<string, CellReport>();
  for (const { id, replay } of before?.counterexamples ?? []) {
    if (!cells.some(({ counterexample }) => counterexample === id)) continue;
    const { spec, schedule } = decodeReplay(replay);
    shown.set(id, (await replayCell(await settingOf(spec), schedule)).report);
  }
  return { cells, shown };
}

/** Whether more schedules would come to nothing else; a search may leave as many unused as its last audit would have taken. */
function isDone({ outcome, complete, schedules }: ReliabilityCell, asked: number | undefined): boolean {
  if (asked === undefined || outcome === "error") return false;
  return complete || outcome === "broken" || schedules + AUDIT >= asked;
}

/** Runs of an audit. */
const AUDIT = 2;

/** Those of the cells that no earlier matrix has. */
export function missingFrom({ cells }: Kept, specs: readonly CellSpec[]): readonly CellSpec[] {
  const had = new Set(cells.map(placeOfCell));
  return specs.filter((spec) => !had.has(placeOf(spec)));
}

/** Where a cell stands in a matrix. */
function placeOfCell({ target, strategy, profile, faults, timeSteps }: ReliabilityCell): string {
  return JSON.stringify([target, strategy, profile, faults, timeSteps]);
}

function placeOf({ target, strategy, profile, faults, timeSteps }: CellSpec): string {
  return JSON.stringify([target, strategy, profile, formatFaults(faults), timeSteps]);
}
