import type { SharedRecords } from "../model/target.ts";
import type { Actor } from "../sim/actor.ts";
import type { World } from "../sim/world.ts";

/** Whom a store tells. */
export interface StorePorts {
  /** Each change of a record, as it happens, and the task that it belongs to, where that is known; a null value: it is gone. */
  written(actor: Actor, key: string, value: string | null, task?: string | null): void;
  /** A fault of the store's own kills an isolate. */
  kill(actor: Actor, fault: string): void;
}

/** The store that the isolates of a run share, as the run sees it. */
export interface RunStore {
  /** As one isolate reaches it. */
  for(actor: Actor): SharedRecords;
  /** Forgets what a killed isolate was waiting for. */
  kill(actor: Actor): void;
  /** The records that have not expired, by key. */
  peek(): ReadonlyMap<string, string>;
  /** False where an isolate's side of it has a memory that its requests share: then what a target declares is not the whole. */
  readonly declaresMemory?: boolean;
}

/** Puts a store into a world. */
export type OpenStore = (world: World, ports: StorePorts) => RunStore;
