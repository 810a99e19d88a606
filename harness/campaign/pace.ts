import { random } from "../explore/random.ts";
import { runPart } from "../lanes/cell.ts";
import { cellOf } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";

/** Schedules that tell how long one takes, after one that warms everything up. */
const SAMPLE = 8;

/**
 * Milliseconds of one schedule of a cell, as far as this process can tell.
 *
 * @param onRun told before each schedule
 */
export async function paceOf(spec: CellSpec, onRun: () => void): Promise<number> {
  const cell = { ...(await cellOf(spec)), explorer: random };
  const watch = {
    isStopped: () => {
      onRun();
      return false;
    },
  };
  await runPart(cell, { from: 0, schedules: 1 }, watch);
  const began = performance.now();
  const { schedules } = await runPart(cell, { from: 1, schedules: SAMPLE }, watch);
  return (performance.now() - began) / Math.max(1, schedules);
}
