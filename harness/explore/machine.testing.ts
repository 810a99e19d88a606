import type { Choice, Footprint, Program } from "../model/program.ts";
import type { Choose, RunSummary, Search } from "./explorer.ts";

/** A way on from a state: what it is called, whose it is, and where it leads. */
export interface Move<S> {
  readonly name: string;
  readonly task?: string;
  readonly kind?: string;
  readonly to: S;
  /** What it reads and changes, where that is known. A move of the same name after it is the same that waited. */
  readonly footprint?: Footprint;
}

/** A program that is nothing but its states, of which any two can be compared by their text. */
export interface Machine<S> {
  readonly start: S;
  /** Empty where a run ends. */
  moves(state: S): readonly Move<S>[];
  violates?(state: S): boolean;
  /** What stands for a state in its key; JSON when left out. */
  key?(state: S): string;
}

/** What came of each run. */
export interface MachineRun<S> extends RunSummary {
  readonly end: S;
  /** The names of the moves taken. */
  readonly moves: readonly string[];
}

/** A search of a machine, and its runs, in order. A run ends early where it is a violation. */
export function searchOfMachine<S>(
  machine: Machine<S>,
  {
    schedules = 1_000,
    seed = 1,
    newStates = () => 0,
  }: { schedules?: number; seed?: number; newStates?: (run: MachineRun<S>) => number } = {},
): Search & { readonly ran: readonly MachineRun<S>[] } {
  const ran: MachineRun<S>[] = [];
  const { violates = () => false, key = (state: S) => JSON.stringify(state) } = machine;
  return {
    schedules,
    seed,
    ran,
    async run(choose: Choose): Promise<RunSummary> {
      let state = machine.start;
      const [schedule, moves]: [number[], string[]] = [[], []];
      let footprint: Footprint | null = null;
      const choices = (): Choice[] =>
        machine.moves(state).map(({ name, task = null, kind = "task" }) => ({ kind, actor: "machine", task, label: name }));
      const program: Program = {
        enabled: choices,
        step: () => Promise.reject(new Error("an explorer only chooses")),
        key: () => key(state),
        state() {
          const own = { key: key(state), choices: choices().map(({ label }) => label) };
          return { ...own, own };
        },
        footprint: () => footprint,
      };
      while (machine.moves(state).length > 0 && !violates(state)) {
        const choice = choose(program);
        if (choice === null) break;
        const move = machine.moves(state)[choice];
        if (move === undefined) throw new RangeError(`there is no choice ${choice}`);
        schedule.push(choice);
        moves.push(move.name);
        state = move.to;
        footprint = move.footprint ?? null;
      }
      const run = { schedule, moves, end: state, violated: violates(state), newStates: 0 };
      ran.push(run);
      return { ...run, newStates: newStates(run) };
    },
  };
}

/** Threads that each take so many steps, one after the other: every order of them is a schedule. */
export function threads(counts: readonly number[], violates?: (state: readonly number[]) => boolean): Machine<readonly number[]> {
  return {
    start: counts.map(() => 0),
    moves: (state) =>
      counts.flatMap((count, thread) => {
        const done = state[thread] as number;
        if (done === count) return [];
        return [{ name: `thread ${thread} step ${done + 1}`, task: `thread ${thread}`, to: state.with(thread, done + 1) }];
      }),
    ...(violates === undefined ? {} : { violates }),
  };
}

/** The same, and it is known that none touches what another one does. */
export function strangers(counts: readonly number[]): Machine<readonly number[]> {
  const machine = threads(counts);
  return {
    ...machine,
    moves: (state) => machine.moves(state).map((move) => ({ ...move, footprint: { reads: [], writes: [move.task ?? ""] } })),
  };
}

/** In how many orders threads can take their steps: a multinomial. */
export function ordersOf(counts: readonly number[]): bigint {
  let [orders, taken] = [1n, 0n];
  for (const count of counts) {
    for (let step = 1n; step <= BigInt(count); step++) orders = (orders * ++taken) / step;
  }
  return orders;
}

/** A thread of so many steps and another one of a single step: the bug is that the one step comes exactly after so many of the others. */
export function slippedIn(steps: number, at: number): Machine<{ readonly long: number; readonly slipped: number | null }> {
  return {
    start: { long: 0, slipped: null },
    moves: ({ long, slipped }) => [
      ...(long === steps ? [] : [{ name: "long", task: "long", to: { long: long + 1, slipped } }]),
      ...(slipped === null ? [{ name: "short", task: "short", to: { long, slipped: long } }] : []),
    ],
    violates: ({ slipped }) => slipped === at,
  };
}
