import type { EventBody } from "../model/event.ts";
import { Unordered } from "../model/unordered.ts";
import type { Actor } from "../sim/actor.ts";
import type { Mishap } from "../sim/choices.ts";
import type { Network } from "../sim/network.ts";
import { ISOLATE_COLD_START, ISOLATE_KILLED } from "./faults.ts";
import { APP, type Isolate, type IsolateParts, openIsolate } from "./isolate.ts";
import type { Turns } from "./turns.ts";

/** Where somebody who runs the target reaches it, beside the app's own origin. */
export const MAINTENANCE = "https://maintenance.app.test";

/** The isolates of a run. */
export interface Isolates {
  readonly all: readonly Isolate[];
  /** One dies with all that it was at, because of a fault. */
  kill(actor: Actor, fault: string): void;
}

/** Puts the isolates of a target into a world, and what may befall them. */
export function openIsolates(parts: IsolateParts, network: Network, turns: Turns, emit: (event: EventBody) => void): Isolates {
  const { world, store } = parts;
  const isolates = Array.from({ length: turns.isolates }, (_, index) => openIsolate(parts, index + 1));
  // Fixed round robin, unless the scenario makes it a choice: which load meets which isolate is part of the scenario, not of the schedule.
  network.route(
    APP,
    () => isolates[turns.take()] as Isolate,
    () => isolates,
  );
  // Whoever's turn it is: what was left undone stands in the store, and any isolate may do it.
  network.route(MAINTENANCE, () => {
    const isolate = isolates[turns.inOrder()[0] as number] as Isolate;
    const handle = async () => {
      await isolate.maintain();
      return { status: 204, headers: [], body: "" };
    };
    return { actor: isolate.actor, handle };
  });
  world.watchState(() => Unordered.from(isolates.map(({ actor, isCold }) => [actor.name, isCold()])));

  function drop(isolate: Isolate): void {
    store.kill(isolate.actor);
    network.kill(isolate.actor);
    isolate.drop();
  }
  function kill(actor: Actor, fault: string): void {
    emit({ type: "fault", fault, detail: actor.name });
    drop(isolates.find((isolate) => isolate.actor === actor) as Isolate);
    emit({ type: "isolate-killed", isolate: actor.name });
  }
  const isAtWork = ({ actor }: Isolate) => network.serving(actor) > 0;
  world.watchMishaps(() => {
    const killed = isolates
      .filter(isAtWork)
      .map((isolate) => mishap(isolate, "is killed", ISOLATE_KILLED.name, () => kill(isolate.actor, ISOLATE_KILLED.name)));
    const dropped = isolates
      .filter((isolate) => !isAtWork(isolate) && !isolate.isCold())
      .map((isolate) =>
        mishap(isolate, "is dropped", ISOLATE_COLD_START.name, () => {
          emit({ type: "fault", fault: ISOLATE_COLD_START.name, detail: isolate.actor.name });
          drop(isolate);
          emit({ type: "isolate-dropped", isolate: isolate.actor.name });
        }),
      );
    return [...killed, ...dropped];
  });
  return { all: isolates, kill };
}

function mishap({ actor }: Isolate, what: string, name: string, complete: () => void): Mishap {
  return {
    operation: { kind: "task", from: null, to: actor, task: null, describe: () => what, complete: () => {} },
    outcome: { name, complete },
  };
}
