import { hash } from "node:crypto";
import type { Choose } from "../explore/explorer.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Violation } from "../model/invariant.ts";
import type { Schedule } from "../model/program.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { activeResources, leakedResources, watchResources } from "../sim/escapes.ts";
import type { Trace } from "../sim/trace.ts";
import { openSimulation, type Setting, type Simulation } from "./simulation.ts";

/** A cell of a lane that opens its runs itself. */
export interface LaneSetting {
  readonly spec: CellSpec;
  readonly scenario: Pick<Scenario, "name" | "mustReach">;
  readonly target: Pick<Target, "name">;
  /** See {@link Setting.canonicalKeys}. */
  readonly canonicalKeys?: boolean;
  /** Kinds of resources that the lane itself opens in a run and keeps for the next, and that no actor can reach. */
  readonly keeps: ReadonlySet<string>;
  open(canonicalKeys: boolean): Promise<Simulation>;
}

/** What can be run again and again. */
export type Runnable = Setting | LaneSetting;

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
}

/**
 * One run from its start to its end, to the first violation, or to where `choose` cuts it off.
 *
 * @throws {HoldfastError} what keeps the harness from vouching for the run
 */
export async function runOnce(setting: Runnable, choose: Choose, onlooker: Onlooker = {}): Promise<Run> {
  const { schedule = [] } = onlooker;
  const before = activeResources();
  const simulation = await ("open" in setting ? setting.open(setting.canonicalKeys ?? false) : openSimulation(setting));
  try {
    onlooker.sees?.(simulation);
    await walk(simulation, choose, schedule, onlooker);
    if (simulation.violations().length === 0 && !simulation.isCut()) simulation.finish();
  } finally {
    simulation.close();
  }
  assertNoEscapes(setting, leakedResources(before));
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

async function walk(simulation: Simulation, choose: Choose, schedule: number[], { states, sees }: Onlooker): Promise<void> {
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
  await simulation.walk(next, broken);
}

/** SHA-256 over what people read and over all that the messages brought, so that no difference hides in a body. */
export function traceHash(trace: Trace): string {
  return hash("sha256", JSON.stringify([trace.lines(), trace.payloads()]));
}

/** @throws {HoldfastError} `ESCAPED` before anything else: what escapes is the likely cause of all that follows. */
export async function runWatched(setting: Runnable, schedule: Schedule, cut = false): Promise<Run> {
  const unwatch = watchResources();
  let step = 0;
  const [ended] = await Promise.allSettled([runOnce(setting, () => schedule[step++] ?? (cut ? null : 0))]);
  assertNoEscapes(setting, unwatch());
  if (ended.status === "rejected") throw ended.reason;
  return ended.value;
}

function assertNoEscapes(setting: Runnable, found: readonly string[]): void {
  const { target } = setting;
  const kinds = "open" in setting ? found.filter((kind) => !setting.keeps.has(kind)) : found;
  if (kinds.length === 0) return;
  throw new HoldfastError(
    "ESCAPED",
    `the target "${target.name}" created what the world does not own: ${kinds.join(", ")}`,
    "go through fetch, timers and WebCrypto; load files before the world opens",
  );
}
