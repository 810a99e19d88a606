import type { Actor } from "../../sim/actor.ts";
import type { World } from "../../sim/world.ts";
import type { ActorPool } from "./actor-pool.ts";

/** The world as one isolate sees it that keeps its data in Postgres. */
export interface DatabaseEnvironment {
  /** Looks like a pool of `pg`'s. */
  readonly pool: ActorPool;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `milliseconds`, or as soon as the signal aborts. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
  randomBytes(length: number): Uint8Array;
}

export function environmentOf(world: World, actor: Actor, pool: ActorPool): DatabaseEnvironment {
  return {
    pool,
    now: () => world.now(),
    randomBytes: (length) => world.randomness.bytes(actor.name, length),
    // The façades know whose timer it is.
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = setTimeout(resolve, milliseconds);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
