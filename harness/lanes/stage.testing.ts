import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Event, EventOf } from "../model/event.ts";
import type { Scenario, Stage } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { Monitors } from "./monitors.ts";
import { openSimulation } from "./simulation.ts";

/** Plays a script in FIFO order, and hands over what monitors were told. */
export async function played(
  script: (stage: Stage) => Promise<void>,
  change: Partial<CellSpec> = {},
  target: Target = reference,
): Promise<Event[]> {
  const events: Event[] = [];
  const told = Monitors.prototype.on;
  const scenario: Scenario = {
    ...{ name: "of-a-test", describe: "", invariants: ["no-spurious-logout"], mustReach: [] },
    defaults: { loads: 1, isolates: 1, page: "request" },
    play: script,
  };
  Monitors.prototype.on = function on(event) {
    events.push(event);
    return told.call(this, event);
  };
  try {
    const simulation = await openSimulation(await cellOf({ strategy: "ledger", explore: "fifo", ...change }, { scenario, target }));
    await simulation.walk(
      () => 0,
      () => false,
    );
    simulation.finish();
    simulation.close();
  } finally {
    Monitors.prototype.on = told;
  }
  return events;
}

/** Those of one kind. */
export function ofType<T extends Event["type"]>(events: readonly Event[], type: T): readonly EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
