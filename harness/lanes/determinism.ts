import { HoldfastError } from "../model/error.ts";
import { firstDifference } from "./difference.ts";
import { likelySource } from "./likely-source.ts";
import { type Run, runWatched } from "./run.ts";
import type { Setting } from "./simulation.ts";

/**
 * Runs the same schedule again, watched for escapes, and compares the traces step by step.
 *
 * @throws {HoldfastError} `NONDETERMINISM` that names the first step that differs and the likely source; `ESCAPED`
 */
export async function checkDeterminism(setting: Setting, first: Run): Promise<void> {
  const again = await runWatched(setting, first.schedule, first.cut).catch((error: unknown) => {
    throw error instanceof HoldfastError && error.code !== "ESCAPED"
      ? nondeterminism(`the second run ended otherwise: ${error.message}`)
      : error;
  });
  const difference = firstDifference(first, again);
  if (difference === null) return;
  const { step, lines } = difference;
  const where =
    lines[0] === lines[1]
      ? `first difference, in step ${step}: the headers or the body of "${lines[0]}"`
      : `first difference, in step ${step}: "${lines[0]}" and then "${lines[1]}"`;
  const { what, remedy } = await likelySource(setting, first, again, difference);
  throw nondeterminism(`${where}\nlikely source: ${what}`, remedy);
}

function nondeterminism(
  difference: string,
  remedy = "the target uses something that the world does not own, or keeps state in a module that outlives the run",
): HoldfastError {
  return new HoldfastError("NONDETERMINISM", `the same schedule gave two different traces; ${difference}`, remedy);
}
