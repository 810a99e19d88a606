import { HoldfastError } from "../model/error.ts";
import type { Actor } from "./actor.ts";
import type { Operation } from "./operation.ts";
import { World, type WorldOptions } from "./world.ts";

/** Any fixed moment does; this one is a round number of seconds. */
export const EPOCH = 1_000_000_000;

export function openWorld(options: Partial<WorldOptions> = {}): World {
  return new World({ seed: "s", epoch: EPOCH, crypto: "inline", stepLimit: 1_000, timeSteps: 0, faults: {}, ...options });
}

/** Steps until nothing can happen any more. */
export async function finish(world: World, choose: (world: World) => number = () => 0): Promise<void> {
  while (world.enabled().length > 0) await world.step(choose(world));
}

/** Runs `code` as an isolate in FIFO order until the world has ended, and returns or throws what it did. */
export async function inWorld<T>(code: (world: World) => T | Promise<T>, options: Partial<WorldOptions> = {}): Promise<T> {
  const world = openWorld(options);
  const outcomes: PromiseSettledResult<Awaited<T>>[] = [];
  world.play(world.actor("isolate-1", "isolate"), async () => {
    outcomes.push(...(await Promise.allSettled([(async () => code(world))()])));
  });
  await world.open();
  await finish(world);
  const [outcome] = outcomes;
  if (outcome === undefined) throw world.deadlock([]);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value as T;
}

/** An operation that does nothing but what it is told. */
export function operation(to: Actor, label: string, complete: () => void = () => {}, more: Partial<Operation> = {}): Operation {
  return { kind: "task", from: null, to, task: null, describe: () => label, complete, ...more };
}

export function labels(world: World): string[] {
  return world.enabled().map(({ kind, label }) => `${kind} ${label}`);
}

/** The error of the harness that `code` ends with; anything else is a failed test. */
export async function failureOf(code: () => unknown): Promise<HoldfastError> {
  try {
    await code();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error("expected a HoldfastError, but nothing was thrown");
}
