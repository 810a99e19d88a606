import type { Attempt, TryOut } from "../explore/attempt.ts";
import type { Choose } from "../explore/explorer.ts";
import { portfolio } from "../explore/portfolio.ts";
import { beyondFifo, inTheOrderOf, leniently, nameOf } from "../explore/replay.ts";
import { shrinkSchedule } from "../explore/shrink.ts";
import type { CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { InvariantId } from "../model/invariant.ts";
import type { Schedule } from "../model/program.ts";
import { type Run, runOnce } from "./run.ts";
import type { Setting } from "./simulation.ts";
import { smallerCells } from "./smaller-cells.ts";

/** How many schedules of a smaller cell are searched for the failure where the known one does not lead to it. */
const SEARCHED = 30;
/** Seed of those searches, whatever the seed of the search that found the failure: the same failure shrinks to the same result. */
const SEED = 1;

/** What must stay as it is while everything else gets smaller. */
export interface Failure {
  readonly verdict: "violated" | "cannot-be-had";
  readonly invariant: InvariantId;
}

/** A failing run and what it is a run of. */
export interface Failing {
  readonly spec: CellSpec;
  readonly schedule: Schedule;
}

/** A failure made small. */
export interface Shrunk extends Failing {
  /** Runs that it took. */
  readonly runs: number;
}

/**
 * Makes a failure as small as so many runs allow: first the scenario, then the schedule. A smaller cell is tried with the schedule that is
 * known, step by step and in the order of what happened, and later by a small search.
 *
 * @param found must fail so when it is followed
 * @param budget in runs, never in seconds, so that the same failure gives the same result everywhere
 * @param onRun told of each run
 */
export async function shrinkFailure(
  setting: Setting,
  found: Failing,
  failure: Failure,
  budget: number,
  onRun: () => void = () => {},
): Promise<Shrunk> {
  const shrinking = new Shrinking(setting, failure, budget, onRun, found);
  await shrinking.start();
  await shrinking.replaySmaller();
  await shrinking.searchSmaller();
  await shrinking.plainer();
  // What a plainer schedule no longer uses can go as well.
  if (await shrinking.replaySmaller()) await shrinking.plainer();
  return { ...shrinking.best, runs: shrinking.runs };
}

class Shrinking {
  best: Failing;
  runs = 0;
  readonly #setting: Setting;
  readonly #failure: Failure;
  readonly #budget: number;
  readonly #onRun: () => void;
  /** What was done in the best run, by name. */
  #names: readonly string[] = [];
  /** Cells that were searched in vain. */
  readonly #searched = new Set<string>();

  constructor(setting: Setting, failure: Failure, budget: number, onRun: () => void, found: Failing) {
    this.#setting = setting;
    this.#failure = failure;
    this.#budget = budget;
    this.#onRun = onRun;
    this.best = found;
  }

  /**
   * Plays what was found, to learn what its steps are called, or FIFO where that fails as well: then no smaller cell is worth an order
   * that somebody must choose.
   */
  async start(): Promise<void> {
    const { spec, schedule } = this.best;
    for (const known of [[], schedule]) if (await this.#replay(spec, leniently(known))) return;
  }

  /** Tries smaller cells with the schedule that is known. */
  replaySmaller(): Promise<boolean> {
    return this.#smaller(async (spec) => {
      const { schedule } = this.best;
      return (await this.#replay(spec, leniently(schedule))) || (!this.#isFifo() && (await this.#replay(spec, inTheOrderOf(this.#names))));
    });
  }

  /** Tries smaller cells with a few schedules of their own. */
  searchSmaller(): Promise<boolean> {
    return this.#smaller(async (spec) => {
      if (this.#isFifo()) return false;
      const text = JSON.stringify(spec);
      if (this.#searched.has(text)) return false;
      this.#searched.add(text);
      const tryOut = this.#tryOut(spec);
      let taken = false;
      await portfolio.search({
        schedules: Math.min(SEARCHED, this.#budget - this.runs),
        seed: SEED,
        run: async (choose) => {
          const names: string[] = [];
          const attempt = await tryOut(naming(choose, names));
          taken = attempt?.fails === true;
          if (attempt !== null && taken) this.#take(spec, attempt, names);
          // New states are what it goes by to divide its budget, which a small one is not worth.
          return { schedule: attempt?.schedule ?? [], violated: taken, newStates: 0 };
        },
      });
      return taken;
    });
  }

  /** Makes the schedule plainer, with half of the runs that are left. */
  async plainer(): Promise<void> {
    const { spec, schedule } = this.best;
    if (this.#isFifo()) return;
    const half = Math.ceil((this.#budget - this.runs) / 2);
    const plain = await shrinkSchedule(schedule, this.#tryOut(spec, this.runs + half));
    this.best = { spec, schedule: plain };
    await this.#replay(spec, leniently(plain));
  }

  /** Goes through the smaller cells, and from the start again whenever one of them fails as well. */
  async #smaller(fails: (spec: CellSpec) => Promise<boolean>): Promise<boolean> {
    let succeeded = false;
    for (let again = true; again; ) {
      again = false;
      for (const spec of smallerCells(this.best.spec)) {
        if (this.runs >= this.#budget) return succeeded;
        again = await fails(spec);
        if (again) break;
      }
      succeeded ||= again;
    }
    return succeeded;
  }

  #isFifo(): boolean {
    return beyondFifo(this.best.schedule) === 0;
  }

  async #replay(spec: CellSpec, choose: Choose): Promise<boolean> {
    const names: string[] = [];
    const attempt = await this.#tryOut(spec)(naming(choose, names));
    if (attempt?.fails !== true) return false;
    this.#take(spec, attempt, names);
    return true;
  }

  #take(spec: CellSpec, { schedule }: Attempt, names: readonly string[]): void {
    this.best = { spec, schedule };
    this.#names = names;
  }

  /** @param until null comes back once so many runs are spent in all */
  #tryOut(spec: CellSpec, until = this.#budget): TryOut {
    return async (choose) => {
      if (this.runs >= until) return null;
      this.runs++;
      this.#onRun();
      const schedule: number[] = [];
      try {
        const run = await runOnce({ ...this.#setting, spec }, choose, { schedule });
        return { schedule, fails: isStill(this.#failure, run) };
      } catch (error) {
        // A smaller cell may be none: whatever else comes of it is not what is looked for.
        if (error instanceof HoldfastError) return { schedule, fails: false };
        throw error;
      }
    };
  }
}

function isStill({ verdict, invariant }: Failure, run: Run): boolean {
  return run.verdict === verdict && run.violations.some((violation) => violation.invariant === invariant);
}

function naming(choose: Choose, names: string[]): Choose {
  return (program) => {
    const index = choose(program);
    const choice = index === null ? undefined : program.enabled()[index];
    if (choice !== undefined) names.push(nameOf(choice));
    return index;
  };
}
