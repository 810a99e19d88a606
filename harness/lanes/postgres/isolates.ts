import type { StateView } from "../../model/state-view.ts";
import type { Actor } from "../../sim/actor.ts";
import type { World } from "../../sim/world.ts";
import type { Asked } from "./scenario.ts";

interface Isolate<Service> {
  readonly actor: Actor;
  /** Null while it has not started. */
  service: Service | null;
  readonly inFlight: Map<string, (asked: Asked<never>) => void>;
}

/**
 * The isolates of a run: each has a heap and connections of its own. One that is killed is replaced by another with a name of its own, so
 * that what it draws at random does not depend on what the dead one has drawn.
 */
export class Isolates<Service> {
  readonly #world: World;
  readonly #start: (actor: Actor) => Service;
  readonly #isolates: Isolate<Service>[];
  /** By request: what came of it, for the key of a state. It stands for what the scenario has seen. */
  readonly #outcomes = new Map<string, string>();
  #named = 0;

  constructor(world: World, count: number, start: (actor: Actor) => Service) {
    this.#world = world;
    this.#start = start;
    this.#isolates = Array.from({ length: count }, () => this.#create());
    world.watchState(() => [
      [...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1)),
      this.#isolates.map(({ actor, service, inFlight }) => [actor.name, service === null, [...inFlight.keys()].sort()]),
    ]);
  }

  /** The name of the isolate that is at a place now, from 1. */
  nameAt(place: number): string {
    return this.#at(place).actor.name;
  }

  /** What each of them works at, for people. */
  look(): StateView["isolates"] {
    return this.#isolates.map(({ actor, service, inFlight }) => ({
      name: actor.name,
      isCold: service === null,
      serves: [...inFlight.keys()],
    }));
  }

  ask<T>(place: number, request: string, work: (service: Service) => Promise<T>): Promise<Asked<T>> {
    const isolate = this.#at(place);
    return new Promise((resolve) => {
      const settle = (asked: Asked<T>) => {
        // A killed isolate may have been asleep in code that goes on all the same.
        if (!isolate.inFlight.delete(request)) return;
        this.#outcomes.set(request, describe(asked));
        resolve(asked);
      };
      isolate.inFlight.set(request, settle);
      this.#world
        .as(isolate.actor, request, async () => {
          isolate.service ??= this.#start(isolate.actor);
          return work(isolate.service);
        })
        .then(
          (value) => settle({ kind: "answered", value }),
          (error: unknown) => settle({ kind: "failed", error }),
        );
    });
  }

  /** An isolate dies: its heap is gone, and whoever waits for it learns that its connection is lost. */
  kill(actor: Actor): void {
    const place = this.#isolates.findIndex((one) => one.actor === actor);
    const [isolate] = place < 0 ? [] : this.#isolates.splice(place, 1, this.#create());
    for (const settle of [...(isolate?.inFlight.values() ?? [])]) settle({ kind: "lost" });
  }

  #create(): Isolate<Service> {
    this.#named++;
    return { actor: this.#world.actor(`isolate-${this.#named}`, "isolate"), service: null, inFlight: new Map() };
  }

  #at(place: number): Isolate<Service> {
    const isolate = this.#isolates[place - 1];
    if (isolate === undefined) throw new RangeError(`expected an isolate from 1 to ${this.#isolates.length}, got ${place}`);
    return isolate;
  }
}

function describe(asked: Asked<unknown>): string {
  if (asked.kind === "answered") return JSON.stringify(asked.value) ?? "";
  return asked.kind === "failed" ? String(asked.error) : asked.kind;
}
