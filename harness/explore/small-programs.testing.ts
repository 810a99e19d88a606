import fc from "fast-check";
import type { Program } from "../model/program.ts";
import { Unordered } from "../model/unordered.ts";
import { EPOCH, openWorld } from "../sim/world.testing.ts";
import type { World } from "../sim/world.ts";
import type { Choose, RunSummary, Search } from "./explorer.ts";

/** One thing that a task does. Cells are shared by all, memory by the tasks of one actor. */
export type Instruction =
  | { readonly do: "read"; readonly cell: number }
  | { readonly do: "write"; readonly cell: number }
  /** Writes, if the cell has the parity of what the task knows. */
  | { readonly do: "write-if"; readonly cell: number }
  | { readonly do: "wait"; readonly delay: number }
  | { readonly do: "clock" }
  /** Takes what the memory has into what the task knows, and the other way round. */
  | { readonly do: "memory" }
  /** Leaves something in the memory, and learns nothing of what was there: only the memory itself says who came last. */
  | { readonly do: "keep"; readonly value: number };

/** A random program: what each task of each actor does. Tasks of one actor with the same instructions are alike. */
export interface SmallProgram {
  readonly actors: readonly (readonly (readonly Instruction[])[])[];
  readonly timeSteps: number;
  /** A monitor over the past: what it makes of an event, by its state. Its last state is a violation. */
  readonly monitor: readonly (readonly number[])[];
}

const MONITOR_STATES = 4;
const EVENTS = 5;

const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const), cell: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("write" as const), cell: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("write-if" as const), cell: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), delay: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: "clock" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "memory" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("keep" as const), value: fc.nat(2) }) },
);

const task = fc.array(instruction, { minLength: 1, maxLength: 3 });

/** Two or three actors with one or two tasks each, twins among them, and nine operations at most. */
export const smallPrograms: fc.Arbitrary<SmallProgram> = fc
  .record({
    actors: fc.array(
      fc.oneof(
        task.map((one) => [one]),
        task.map((one) => [one, one]),
        fc.tuple(task, task).map((both) => [...both]),
      ),
      { minLength: 2, maxLength: 3 },
    ),
    timeSteps: fc.nat({ max: 1 }),
    monitor: fc.array(fc.array(fc.nat({ max: MONITOR_STATES - 1 }), { minLength: EVENTS, maxLength: EVENTS }), {
      minLength: MONITOR_STATES,
      maxLength: MONITOR_STATES,
    }),
  })
  .filter(({ actors }) => actors.flat(2).length <= 9);

/** How much a search may rely on. */
export interface Reliance {
  readonly memory: "undeclared" | "declared" | "declared wrongly";
  readonly symmetry: boolean;
  /** What steps say that they touch: nothing known, all of it, or all but the cells. */
  readonly footprints: "unknown" | "known" | "known wrongly";
}

/** What the runs of a program came to. */
export interface Seen {
  /** Final states, as text. */
  readonly ends: Set<string>;
  /** What the monitor had seen when it was violated: the cells and the time. */
  readonly violations: Set<string>;
  runs: number;
}

/** A search of a program that goes on after violations, and remembers all of them. */
export function searchOfProgram(program: SmallProgram, reliance: Reliance, schedules: number): Search & { readonly seen: Seen } {
  const seen: Seen = { ends: new Set(), violations: new Set(), runs: 0 };
  return {
    schedules,
    seed: 1,
    seen,
    async run(choose: Choose): Promise<RunSummary> {
      seen.runs++;
      const { world, end, violation } = open(program, reliance);
      const seenBySearch: Program = reliance.footprints === "unknown" ? withoutFootprints(world) : world;
      await world.open();
      const schedule: number[] = [];
      while (world.enabled().length > 0) {
        const choice = choose(seenBySearch);
        if (choice === null) return { schedule, violated: false, newStates: 0 };
        schedule.push(choice);
        await world.step(choice);
        const violated = violation();
        if (violated !== null) seen.violations.add(violated);
      }
      seen.ends.add(end());
      return { schedule, violated: false, newStates: 0 };
    },
  };
}

function withoutFootprints(world: World): Program {
  return {
    enabled: () => world.enabled(),
    step: (index) => world.step(index),
    key: () => world.key(),
    state: () => world.state(),
    footprint: () => null,
  };
}

function open(program: SmallProgram, reliance: Reliance) {
  const world = openWorld({ timeSteps: program.timeSteps });
  world.grant(true);
  const cells = [0, 1];
  const memories = program.actors.map(() => 0);
  const known = program.actors.map((tasks) => tasks.map(() => 0));
  let watched = 0;
  const event = (kind: number) => {
    // Once violated it stays so: it is a monitor over the past.
    const next = watched < MONITOR_STATES - 1 ? (program.monitor[watched]?.[kind] ?? 0) : watched;
    world.footprints.read("monitor");
    if (next !== watched) world.footprints.write("monitor");
    watched = next;
  };
  const touch = (cell: number, how: "read" | "write") => {
    if (reliance.footprints === "known") world.footprints[how](`cell ${cell}`);
  };
  world.watchState(() => [cells, watched]);

  async function perform(actor: number, index: number, instructions: readonly Instruction[]): Promise<void> {
    const own = known[actor] as number[];
    for (const one of instructions) {
      switch (one.do) {
        case "read":
          own[index] = await statement(world, actor, index, `read ${one.cell}`, () => {
            touch(one.cell, "read");
            return cells[one.cell] as number;
          });
          event(one.cell);
          break;
        case "write":
        case "write-if":
          await statement(world, actor, index, `${one.do} ${one.cell} ${own[index]}`, () => {
            const value = cells[one.cell] as number;
            touch(one.cell, "read");
            if (one.do === "write-if" && (value + (own[index] as number)) % 2 === 1) return 0;
            cells[one.cell] = (value * 2 + (own[index] as number) + 1) % 5;
            touch(one.cell, "write");
            event(2 + one.cell);
            return 1;
          });
          break;
        case "wait":
          await new Promise<void>((resolve) => setTimeout(resolve, one.delay));
          break;
        case "clock":
          await statement(world, actor, index, "clock", () => world.now());
          own[index] = (world.now() - EPOCH) % 3;
          break;
        case "memory": {
          own[index] = await statement(world, actor, index, "memory", () => {
            const before = memories[actor] as number;
            memories[actor] = (before * 2 + (own[index] as number) + 1) % 3;
            return before;
          });
          event(4);
          break;
        }
        case "keep":
          await statement(world, actor, index, `keep ${one.value}`, () => {
            memories[actor] = one.value;
            return 0;
          });
          break;
      }
    }
  }

  const alike = new Map<string, { actor: string; class: string }>();
  // What a task has come to know outlives it: it is part of the end.
  const finished = new Map<string, number>();
  world.watchState(() => Unordered.from(finished));
  for (const [actor, tasks] of program.actors.entries()) {
    const isolate = world.actor(`isolate-${actor}`, "isolate");
    if (reliance.memory === "declared") world.declareMemory(isolate, () => memories[actor]);
    if (reliance.memory === "declared wrongly") world.declareMemory(isolate, () => null);
    for (const [index, instructions] of tasks.entries()) {
      alike.set(nameOf(actor, index), { actor: isolate.name, class: JSON.stringify(instructions) });
    }
  }
  if (reliance.symmetry) world.watchSymmetry(() => ({ tasks: alike, actors: [] }));
  world.play(world.actor("script", "script"), async () => {
    await Promise.all(
      program.actors.flatMap((tasks, actor) =>
        tasks.map((instructions, index) =>
          world.as(world.actor(`isolate-${actor}`, "isolate"), nameOf(actor, index), async () => {
            await perform(actor, index, instructions);
            finished.set(nameOf(actor, index), known[actor]?.[index] ?? 0);
          }),
        ),
      ),
    );
  });
  return {
    world,
    end: () =>
      JSON.stringify([
        cells,
        memories,
        program.actors.map((tasks, actor) => sortedAmongTwins(tasks, known[actor] ?? [])),
        world.now() - EPOCH,
      ]),
    violation: () => (watched === MONITOR_STATES - 1 ? JSON.stringify([cells, world.now() - EPOCH]) : null),
  };
}

function nameOf(actor: number, index: number): string {
  return `isolate-${actor}/task-${index}`;
}

function statement(world: World, actor: number, index: number, what: string, run: () => number): Promise<number> {
  const to = world.actor(`isolate-${actor}`, "isolate");
  const ordinal = world.ordinal(to, nameOf(actor, index));
  let result = 0;
  return new Promise((resolve) => {
    world.submit({
      kind: "statement",
      from: null,
      to,
      task: nameOf(actor, index),
      describe: () => what,
      payload: () => `${ordinal} ${what}`,
      outcome: () => `${result}`,
      complete: () => {
        result = run();
        resolve(result);
      },
    });
  });
}

/** Twins may end in each other's place. */
function sortedAmongTwins(tasks: readonly (readonly Instruction[])[], known: readonly number[]): unknown {
  return tasks.map((task, index) => [JSON.stringify(task), known[index]]).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
