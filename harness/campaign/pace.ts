import { random } from "../explore/random.ts";
import { runPart } from "../lanes/cell.ts";
import { cellOf } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";

/** Schedules that tell how long one takes, after one that warms everything up. */
const SAMPLE = 8;

/** Milliseconds of one schedule of a cell, as far as this process can tell. */
export async function paceOf(spec: CellSpec): Promise<number> {
  const cell = { ...(await cellOf(spec)), explorer: random };
  await runPart(cell, { from: 0, schedules: 1 });
  const began = performance.now();
  const { schedules } = await runPart(cell, { from: 1, schedules: SAMPLE });
  return (performance.now() - began) / Math.max(1, schedules);
}
