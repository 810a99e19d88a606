import { HoldfastError } from "../../model/error.ts";
import type { EventBody } from "../../model/event.ts";
import type { InvariantId } from "../../model/invariant.ts";
import type { Scenario } from "../../model/scenario.ts";
import type { Tables } from "./database.ts";
import type { DatabaseEnvironment } from "./environment.ts";

/** What came of a request to an isolate. */
export type Asked<T> =
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  /** The isolate died with it. */
  | { readonly kind: "lost" };

/** The stage on which a database scenario plays. */
export interface DatabaseStage<Service, M extends string = string> {
  /** `loads` is how many requests come at once. */
  readonly parameters: { readonly loads: number; readonly isolates: number };
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits until a moment. */
  until(moment: number): Promise<void>;
  /** Plays a part in which the faults that the cell was given may happen. */
  withFaults<T>(part: () => Promise<T>): Promise<T>;
  /** Says that something that must be reachable was reached. */
  reach(mark: M): void;
  /** Tells the monitors. */
  emit(event: EventBody): void;
  /** The name of the isolate at a place, from 1: a dead one is replaced by another. */
  isolateAt(place: number): string;
  /**
   * Has an isolate work at a request. What a scenario does next may depend on what came of a request, and not on the order in which
   * requests came to their ends: the states of a search leave that out.
   *
   * @param place of the isolate, from 1
   * @param request its name, for instance `ada/callback-1`; unique in a run
   */
  ask<T>(place: number, request: string, work: (service: Service) => Promise<T>): Promise<Asked<T>>;
}

/** What isolates do with a database, which invariants must hold and what must be reached. */
export interface DatabaseScenario<Service = unknown, M extends string = string> {
  readonly name: string;
  readonly describe: string;
  readonly defaults: { readonly loads: number; readonly isolates: number };
  readonly invariants: readonly InvariantId[];
  /** A cell in which one of these is never reached has shown nothing, and fails. */
  readonly mustReach: readonly M[];
  readonly tables: Tables;
  /** Connections of one isolate at most. */
  readonly connections: number;
  /** Starts an isolate, which has a heap of its own. */
  open(environment: DatabaseEnvironment): Service;
  /**
   * What a commit means to the monitors.
   *
   * @param content what `tables.content` has read
   * @param by whose commit it was
   */
  committed(content: unknown, by: { readonly isolate: string; readonly request: string | null }): readonly EventBody[];
  play(stage: DatabaseStage<Service, M>): Promise<void>;
}

/** A database scenario where a cell names one: it plays in this lane alone. */
export function asScenario({ name, describe, defaults, invariants, mustReach }: DatabaseScenario): Scenario {
  return {
    ...{ name, describe, invariants, mustReach },
    defaults: { ...defaults, page: "request" },
    async play() {
      throw new HoldfastError(
        "BAD_USAGE",
        `expected ${name} in the lane postgres, got it in the simulation`,
        "run it with --lane postgres",
      );
    },
  };
}
