import { leniently, trimmed } from "../explore/replay.ts";
import type { CellResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Schedule } from "../model/program.ts";
import type { TraceEntry } from "../model/trace.ts";
import { stepChecks } from "./departure.ts";
import { encodeReplay } from "./replay-string.ts";
import { type Run, runOnce, traceHash } from "./run.ts";
import type { Setting } from "./simulation.ts";

/** What people are shown of a failing run. */
export interface ShownFailure {
  readonly violations: CellResult["violations"];
  readonly counterexample: readonly TraceEntry[];
}

/** A failing run, with the line that plays it again, and what FIFO would have done in its place. */
export async function failureOf(setting: Setting, { schedule, trace, violations }: Run): Promise<ShownFailure> {
  const { spec } = setting;
  const replay = encodeReplay({ spec, schedule: trimmed(schedule), traceHash: traceHash(trace), checks: stepChecks(trace.lines()) });
  const passedOver = await passedOverIn(setting, schedule);
  return {
    violations: violations.map(({ invariant, because }) => ({ invariant, because, replay })),
    counterexample: trace.entries().map((entry) => {
      const instead = passedOver.get(entry.step);
      return instead === undefined ? entry : { ...entry, instead };
    }),
  };
}

/** What came first in each step in which it was not taken. A search does not note it, so the schedule is followed once more. */
async function passedOverIn(setting: Setting, schedule: Schedule): Promise<ReadonlyMap<number, { label: string; to: string }>> {
  const passedOver = new Map<number, { label: string; to: string }>();
  const follow = leniently(schedule);
  let step = 0;
  try {
    await runOnce(setting, (program) => {
      step++;
      const choice = follow(program);
      const [fifo] = program.enabled();
      if (choice !== 0 && fifo !== undefined) passedOver.set(step, { label: fifo.label, to: fifo.actor });
      return choice;
    });
  } catch (error) {
    // That a run is not the same again is for the self-check to say.
    if (!(error instanceof HoldfastError)) throw error;
  }
  return passedOver;
}
