import { hash } from "node:crypto";
import type { Choose } from "../explore/explorer.ts";
import { HoldfastError } from "../model/error.ts";
import type { Violation } from "../model/invariant.ts";
import type { Schedule } from "../model/program.ts";
import { activeResources, leakedResources, watchResources } from "../sim/escapes.ts";
import type { Trace } from "../sim/trace.ts";
import { openSimulation, type Setting, type Simulation } from "./simulation.ts";

/** One run to its end. */
export interface Run {
  readonly schedule: Schedule;
  /** The explorer has cut it off: what comes after is known. */
  readonly cut: boolean;
  readonly violations: readonly Violation[];
  readonly verdict: "holds" | "violated" | "cannot-be-had";
  readonly reached: ReadonlySet<string>;
  readonly steps: number;
  readonly trace: Trace;
}

/** Who looks on while a run goes. */
export interface Onlooker {
  /** Takes what is chosen, also when the run fails. */
  readonly schedule?: number[];
  /** Takes the key of each state. */
  readonly states?: Set<string> | null;
  /** Told once the run is open, and after each step. */
  readonly sees?: ((simulation: Simulation) => void) | undefined;
  /** Errors of the target have stacks, which takes time. */
  readonly withStacks?: true;
}

/**
 * One run from its start to its end, to the first violation, or to where `choose` cuts it off.
 *
 * @throws {HoldfastError} what keeps the harness from vouching for the run
 */
export async function runOnce(setting: Setting, choose: Choose, onlooker: Onlooker = {}): Promise<Run> {
  const { schedule = [] } = onlooker;
  const before = activeResources();
  const simulation = await (setting.open ?? openSimulation)(setting);
  try {
    onlooker.sees?.(simulation);
    await walk(simulation, choose, schedule, onlooker);
    if (simulation.violations().length === 0 && !simulation.isCut()) simulation.finish();
  } finally {
    simulation.close();
  }
  if (setting.sharesThread !== true) assertNoEscapes(setting, leakedResources(before));
  return {
    schedule,
    cut: simulation.isCut(),
    violations: simulation.violations(),
    verdict: simulation.verdict(),
    reached: simulation.reached,
    steps: simulation.trace.length,
    trace: simulation.trace,
  };
}

async function walk(simulation: Simulation, choose: Choose, schedule: number[], { states, sees, withStacks }: Onlooker): Promise<void> {
  const { program } = simulation;
  const next = () => {
    const choice = choose(program);
    if (choice !== null) schedule.push(choice);
    return choice;
  };
  const broken = () => {
    states?.add(program.key());
    sees?.(simulation);
    return simulation.violations().length > 0;
  };
  await simulation.walk(next, broken, withStacks);
}

/** SHA-256 over what people read and over all that the messages brought, so that no difference hides in a body. */
export function traceHash(trace: Trace): string {
  return hash("sha256", JSON.stringify([trace.lines(), trace.payloads()]));
}

/**
 * The run of a schedule, once more.
 *
 * @param cut it ended where its schedule does
 */
export function rerun(setting: Setting, schedule: Schedule, cut: boolean, onlooker: Onlooker = {}): Promise<Run> {
  let step = 0;
  return runOnce(setting, () => schedule[step++] ?? (cut ? null : 0), onlooker);
}

/** @throws {HoldfastError} `ESCAPED` before anything else: what escapes is the likely cause of all that follows. */
export async function runWatched(setting: Setting, schedule: Schedule, cut = false): Promise<Run> {
  const unwatch = watchResources();
  const [ended] = await Promise.allSettled([rerun(setting, schedule, cut)]);
  assertNoEscapes(setting, unwatch());
  if (ended.status === "rejected") throw ended.reason;
  return ended.value;
}

/** @throws {HoldfastError} `ESCAPED` when there are any */
export function assertNoEscapes({ target }: Pick<Setting, "target">, kinds: readonly string[]): void {
  if (kinds.length === 0) return;
  throw new HoldfastError(
    "ESCAPED",
    `the target "${target.name}" created what the world does not own: ${kinds.join(", ")}`,
    "go through fetch, timers and WebCrypto; load files before the world opens",
  );
}
