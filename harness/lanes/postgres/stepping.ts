import type { World } from "../../sim/world.ts";
import type { Simulation } from "../simulation.ts";
import type { Statements } from "./statements.ts";

/** How a run is stepped whose steps are not over before every statement is answered or blocked. */
export function steppingOf(world: World, statements: Statements): Pick<Simulation, "program" | "walk"> {
  async function step(choice: number): Promise<void> {
    await world.step(choice);
    await statements.settle();
  }
  return {
    program: {
      enabled: () => world.enabled(),
      step,
      key: () => world.key(),
      state: () => world.state(),
      // Which rows a statement has read, nobody knows.
      footprint: () => null,
    },
    async walk(choose, done) {
      while (world.enabled().length > 0) {
        const choice = choose();
        if (choice === null) return;
        await step(choice);
        if (done()) return;
      }
    },
  };
}
