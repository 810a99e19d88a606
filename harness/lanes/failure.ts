import { trimmed } from "../explore/replay.ts";
import type { CellResult, CellSpec } from "../model/cell.ts";
import type { TraceEntry } from "../model/trace.ts";
import { stepChecks } from "./departure.ts";
import { encodeReplay } from "./replay-string.ts";
import { type Run, traceHash } from "./run.ts";

/** What people are shown of a failing run. */
export interface ShownFailure {
  readonly violations: CellResult["violations"];
  readonly counterexample: readonly TraceEntry[];
}

/** A failing run of a cell, with the line that plays it again. */
export function failureOf(spec: CellSpec, run: Run): ShownFailure {
  const { schedule, trace } = run;
  const replay = encodeReplay({ spec, schedule: trimmed(schedule), traceHash: traceHash(trace), checks: stepChecks(trace.lines()) });
  return {
    violations: run.violations.map(({ invariant, because }) => ({ invariant, because, replay })),
    counterexample: trace.entries(),
  };
}
