import { HoldfastError } from "../model/error.ts";
import type { Choice, Schedule } from "../model/program.ts";
import type { Search } from "./explorer.ts";
import { drawing } from "./sampler.ts";

/**
 * Looks whether two schedules that were taken for the same state lead to the same states from there: both go on by choices of equal
 * names, drawn at random, and their keys are compared step by step.
 *
 * @param cut the schedule that was cut off; `representative` led to the state before
 * @returns whether an invariant was broken on the way
 * @throws {HoldfastError} `UNSOUND_MERGE` where they depart: something that matters is missing in the key
 */
export async function auditMerge({ run, seed }: Search, cut: Schedule, representative: Schedule, ordinal: number): Promise<boolean> {
  const draw = drawing(seed, ordinal);
  const keys: string[] = [];
  const names: string[] = [];
  let steps = 0;
  const first = await run((program) => {
    if (steps < cut.length) return cut[steps++] as number;
    const { key, choices } = program.state();
    const choice = draw(choices.length);
    keys.push(key);
    names.push(choices[choice] as string);
    return choice;
  });

  let step = 0;
  steps = 0;
  const second = await run((program) => {
    if (steps < representative.length) return representative[steps++] as number;
    const { key, choices } = program.state();
    const choice = choices.indexOf(names[step] ?? "");
    if (key !== keys[step] || choice < 0) throw departed(step, program.enabled());
    step++;
    return choice;
  });
  if (step < names.length || first.violated !== second.violated) throw departed(step, []);
  return second.violated;
}

/**
 * Looks whether a step that was not run leads where its diamond says, by running it.
 *
 * @param schedule that ends with the step
 * @param isThere whether a key is that of the state to which it should lead
 * @returns whether an invariant was broken on the way
 * @throws {HoldfastError} `UNSOUND_MERGE` where it leads elsewhere
 */
export async function auditSkip({ run }: Search, schedule: Schedule, isThere: (key: string) => boolean): Promise<boolean> {
  let steps = 0;
  let arrived = false;
  const { violated } = await run((program) => {
    if (steps < schedule.length) return schedule[steps++] as number;
    arrived = isThere(program.state().key);
    return null;
  });
  if (arrived || violated) return violated;
  throw new HoldfastError(
    "UNSOUND_MERGE",
    `two steps were said to touch nothing in common, and yet they lead to another state in the other order, after ${schedule.length} steps`,
    "the target's isolates share something that is neither in the store nor in a message, for instance a variable of a module",
  );
}

function departed(step: number, enabled: readonly Choice[]): HoldfastError {
  const next =
    enabled.length === 0 ? "one of the two runs had come to its end" : `next could be: ${enabled.map(({ label }) => label).join("; ")}`;
  return new HoldfastError(
    "UNSOUND_MERGE",
    `two runs were taken for the same state, and ${step} ${step === 1 ? "step" : "steps"} later they were not; ${next}`,
    "the memory that the target declares leaves something out that its requests share, or its scenario is not as indifferent as it says",
  );
}
