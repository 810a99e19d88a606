import { beyondFifo, leniently } from "../explore/replay.ts";
import type { CellReport, CellSpec, Extent } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Failure, Part, Smaller } from "../model/part.ts";
import { checkDeterminism } from "./determinism.ts";
import { failureOf } from "./failure.ts";
import { formatFaults } from "./faults.ts";
import { decodeReplay } from "./replay-string.ts";
import { type Run, runOnce } from "./run.ts";
import { shrinkFailure } from "./shrink.ts";
import type { Setting } from "./simulation.ts";

/** Runs for one counterexample. The default cells need 90 at most; a search of a hundred loads needs more. */
const BUDGET = 400;

/**
 * The same report with its counterexample made small. What the search itself came to stays as it is: verdict, schedules, states and
 * trace hash.
 *
 * @param report of a cell of this setting; one without a violation comes back as it is
 * @param onRun told of each run
 */
export async function shrinkReport(setting: Setting, report: CellReport, onRun: () => void = () => {}): Promise<CellReport> {
  const { verdict, violations } = report.result;
  if (verdict !== "violated" && verdict !== "cannot-be-had") return report;
  if (violations.length === 0) return report;
  return withSmaller(report, await smallerFailure(setting, { verdict, violations }, onRun));
}

/** A report with its counterexample as it is once somebody has made it small. */
export function withSmaller({ result, counterexample }: CellReport, smaller: Smaller): CellReport {
  if ("error" in smaller) return { result: { ...result, verdict: "error", error: smaller.error }, counterexample };
  const { violations, shrunk } = smaller.failure;
  return { result: { ...result, violations, shrunk }, counterexample: smaller.failure.counterexample };
}

/**
 * A failure of a cell of this setting made small. Every search ends in a failure that is known to be the same twice, and so is the one
 * that this ends with.
 *
 * @param onRun told of each run
 */
async function smallerFailure(
  setting: Setting,
  { verdict, violations }: Pick<Failure, "verdict" | "violations">,
  onRun: () => void = () => {},
): Promise<Smaller> {
  const [{ invariant, replay }] = violations as [Failure["violations"][number]];
  const found = decodeReplay(replay);
  try {
    const known = await runOnce({ ...setting, spec: found.spec }, leniently(found.schedule));
    const { spec, schedule, runs } = await shrinkFailure(setting, found, { verdict, invariant }, BUDGET, onRun);
    const run = await runOnce({ ...setting, spec }, leniently(schedule));
    await checkDeterminism({ ...setting, spec }, run);
    const shown = await failureOf({ ...setting, spec }, run);
    return { failure: { verdict, ...shown, shrunk: { from: extentOf(found.spec, known), to: extentOf(spec, run), runs } } };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { error: { code: error.code, message: error.message, hint: error.hint } };
  }
}

/** A part of a cell of this setting with its failure made small beside it, as that of the whole would be. */
export async function shrinkPart(setting: Setting, part: Part, onRun: () => void = () => {}): Promise<Part> {
  if (part.failure === null || part.error !== null) return part;
  return { ...part, smaller: await smallerFailure(setting, part.failure, onRun) };
}

function extentOf({ loads, isolates, page, faults, timeSteps, crypto }: CellSpec, { schedule, steps }: Run): Extent {
  return {
    ...{ loads, isolates, page, faults: formatFaults(faults), timeSteps, granularity: `crypto=${crypto}` },
    ...{ choices: beyondFifo(schedule), steps },
  };
}
