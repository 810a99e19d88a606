import type { Program, Schedule } from "../model/program.ts";
import type { Choose, RunSummary, Search } from "./explorer.ts";

/** How many choices there are after some choices; 0 when the run has ended. */
export type Shape = (path: Schedule) => number;

/** A program that is nothing but its tree of choices. */
class Tree implements Program {
  readonly path: number[] = [];
  readonly #shape: Shape;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  enabled() {
    return Array.from({ length: this.#shape(this.path) }, (_, index) => ({
      kind: "task",
      actor: "tree",
      task: null,
      label: `branch ${index}`,
    }));
  }

  async step(index: number): Promise<void> {
    if (!Number.isInteger(index) || index < 0 || index >= this.enabled().length) throw new RangeError(`there is no choice ${index}`);
    this.path.push(index);
  }

  key(): string {
    return this.path.join();
  }

  state() {
    const own = { key: this.key(), choices: this.enabled().map(({ label }) => label) };
    return { ...own, own };
  }

  footprint(): null {
    return null;
  }
}

/** A search of a tree, and the schedules that came of it, in order. A run ends early where it is a violation. */
export function searchOf(
  shape: Shape,
  { schedules = 1, seed = 1, violates = () => false }: { schedules?: number; seed?: number; violates?: (path: Schedule) => boolean } = {},
): Search & { readonly ran: readonly Schedule[] } {
  const ran: Schedule[] = [];
  return {
    schedules,
    seed,
    ran,
    async run(choose: Choose): Promise<RunSummary> {
      const program = new Tree(shape);
      while (program.enabled().length > 0 && !violates(program.path)) {
        const choice = choose(program);
        if (choice === null) break;
        await program.step(choice);
      }
      ran.push(program.path);
      return { schedule: program.path, violated: violates(program.path), newStates: 0 };
    },
  };
}

/** Every leaf of a tree, in lexical order. */
export function leavesOf(shape: Shape, path: Schedule = []): readonly Schedule[] {
  const choices = shape(path);
  if (choices === 0) return [path];
  return Array.from({ length: choices }, (_, index) => leavesOf(shape, [...path, index])).flat();
}
