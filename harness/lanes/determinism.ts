import { HoldfastError } from "../model/error.ts";
import { type Run, type Runnable, runWatched } from "./run.ts";

/** Runs the same schedule again, watched for escapes, and compares the traces line by line. */
export async function checkDeterminism(setting: Runnable, first: Run): Promise<void> {
  const again = await runWatched(setting, first.schedule, first.cut).catch((error: unknown) => {
    throw error instanceof HoldfastError && error.code !== "ESCAPED"
      ? nondeterminism(`the second run ended otherwise: ${error.message}`)
      : error;
  });
  const [lines, other] = [first.trace.lines(), again.trace.lines()];
  const [payloads, others] = [first.trace.payloads(), again.trace.payloads()];
  const index = Array.from({ length: Math.max(lines.length, other.length) }, (_, at) => at).find((at) => lines[at] !== other[at]);
  if (index !== undefined) throw nondeterminism(`first difference: "${lines[index] ?? "(end)"}" and then "${other[index] ?? "(end)"}"`);
  const changed = payloads.findIndex((payload, at) => payload !== others[at]);
  if (changed >= 0) throw nondeterminism(`first difference: the headers or the body of "${lines[changed]}"`);
}

function nondeterminism(difference: string): HoldfastError {
  return new HoldfastError(
    "NONDETERMINISM",
    `the same schedule gave two different traces; ${difference}`,
    "the target uses something that the world does not own, or keeps state in a module that outlives the run",
  );
}
