import { beyondFifo, leniently } from "../explore/replay.ts";
import type { CellReport, CellSpec, Extent } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Part } from "../model/part.ts";
import { joined } from "./cell.ts";
import { checkDeterminism } from "./determinism.ts";
import { failureOf } from "./failure.ts";
import { formatFaults } from "./faults.ts";
import { decodeReplay } from "./replay-string.ts";
import { type Run, runOnce } from "./run.ts";
import type { Cell } from "./search-cell.ts";
import { shrinkFailure } from "./shrink.ts";
import type { Setting } from "./simulation.ts";

/** Runs for one counterexample. The default cells need 90 at most; a search of a hundred loads needs more. */
const BUDGET = 400;

/**
 * The same report with its counterexample made small. What the search itself came to stays as it is: verdict, schedules, states and
 * trace hash. Every search ends in a failure that is known to be the same twice, and so is the one that this ends with.
 *
 * @param report of a cell of this setting; one without a violation comes back as it is
 * @param onRun told of each run
 */
export async function shrinkReport(setting: Setting, report: CellReport, onRun: () => void = () => {}): Promise<CellReport> {
  const { result } = report;
  const { verdict } = result;
  const [violation] = result.violations;
  if (violation === undefined || (verdict !== "violated" && verdict !== "cannot-be-had")) return report;
  const found = decodeReplay(violation.replay);
  const failure = { verdict, invariant: violation.invariant };
  try {
    const known = await runOnce({ ...setting, spec: found.spec }, leniently(found.schedule));
    const { spec, schedule, runs } = await shrinkFailure(setting, found, failure, BUDGET, onRun);
    const run = await runOnce({ ...setting, spec }, leniently(schedule));
    await checkDeterminism({ ...setting, spec }, run);
    const { violations, counterexample } = await failureOf({ ...setting, spec }, run);
    return {
      result: { ...result, violations, shrunk: { from: extentOf(found.spec, known), to: extentOf(spec, run), runs } },
      counterexample,
    };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { ...report, result: { ...result, verdict: "error", error: { code: error.code, message: error.message, hint: error.hint } } };
  }
}

/** The same for a part of a cell, whose counterexample is made small as that of the whole would be. */
export async function shrinkPart(cell: Cell, part: Part, onRun: () => void = () => {}): Promise<Part> {
  if (part.failure === null || part.error !== null) return part;
  const { result, counterexample } = await shrinkReport(cell, joined(cell, [{ ...part, from: 0 }]), onRun);
  const { violations, shrunk, error } = result;
  return { ...part, failure: { ...part.failure, violations, counterexample: counterexample ?? [], shrunk }, error };
}

function extentOf({ loads, isolates, page, faults, timeSteps, crypto }: CellSpec, { schedule, steps }: Run): Extent {
  return {
    ...{ loads, isolates, page, faults: formatFaults(faults), timeSteps, granularity: `crypto=${crypto}` },
    ...{ choices: beyondFifo(schedule), steps },
  };
}
