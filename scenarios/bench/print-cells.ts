import { measureCells } from "./cells.ts";

/** What a user's cells run at. */
export async function printCells(): Promise<void> {
  console.log("Whole cells as a user runs them (runCell, 1 isolate, workos, random, state counting, self-check):");
  for (const { target, strategy, perSecond, schedules, steps, verdict } of await measureCells())
    console.log(
      `  ${`${target} ${strategy}`.padEnd(28)} ${perSecond.toFixed(0).padStart(7)}/s  ${schedules} schedules of ${steps} steps: ${verdict}`,
    );
}
