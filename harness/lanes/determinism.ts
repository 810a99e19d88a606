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
    if (error instanceof HoldfastError && error.code !== "ESCAPED") return error;
    throw error;
  });
  const difference = again instanceof HoldfastError ? `the second run ended otherwise: ${again.message}` : differenceOf(first, again);
  if (difference === null) return;
  const { what, remedy } = await likelySource(setting, first, again);
  throw nondeterminism(`${difference}\nlikely source: ${what}`, remedy);
}

function differenceOf(first: Run, again: Run): string | null {
  const difference = firstDifference(first, again);
  if (difference === null) return null;
  const { step, lines } = difference;
  const what = lines[0] === lines[1] ? `the headers or the body of "${lines[0]}"` : `"${lines[0]}" and then "${lines[1]}"`;
  return `first difference, in step ${step}: ${what}`;
}

/** What to say of a run that does not repeat itself. */
export function nondeterminism(
  difference: string,
  remedy = "the target uses something that the world does not own, or keeps state in a module that outlives the run",
): HoldfastError {
  return new HoldfastError("NONDETERMINISM", `the same schedule gave two different traces; ${difference}`, remedy);
}
