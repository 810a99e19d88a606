import type { Choose, Coverage, Explorer, RunSummary } from "../explore/explorer.ts";
import { HoldfastError } from "../model/error.ts";
import type { Failure, Stretch } from "../model/part.ts";
import { checkDeterminism } from "./determinism.ts";
import { failureOf } from "./failure.ts";
import { type Onlooker, type Run, rerun, runOnce, runWatched } from "./run.ts";
import type { Setting } from "./simulation.ts";
import { Tally } from "./tally.ts";

/** The first schedule of a cell, one in this many, and every one that is going to be shown are run twice and compared. */
const SELF_CHECK_EVERY = 100;

/** A cell with its names resolved. */
export interface Cell extends Setting {
  readonly explorer: Explorer;
}

/** How far the search of a cell is. */
export interface CellProgress {
  readonly schedules: number;
  readonly states: number;
  /** Choices seen and not yet taken; null where the explorer does not take them all. */
  readonly branches: number | null;
}

/** Who waits for a cell. */
export interface CellWatch {
  /** Told after each schedule. */
  onProgress?(progress: CellProgress): void;
  /** Asked before each schedule whether to end here. */
  isStopped?(): boolean;
}

/** Who looks on while a cell is searched. */
export type SearchHooks = CellWatch & Pick<Onlooker, "schedule" | "sees">;

/** What a search came to. */
export interface Searched {
  readonly tally: Tally;
  /** Null where the explorer does not know, or did not come to its end. */
  readonly coverage: Coverage | null;
  readonly failure: Failure | null;
  readonly error: HoldfastError | null;
  readonly interrupted: boolean;
  /** The last run that came to its end. */
  readonly last: Run | null;
  readonly durationMs: number;
}

/** Ends a search from outside. */
class Stopped extends Error {}

/**
 * A cell's schedules, or a stretch of them, up to the first violation, a sample of them twice. An error of the harness itself ends it,
 * too; what is a bug of the harness is thrown.
 */
export async function searchCell(described: Cell, { from, schedules }: Stretch, hooks: SearchHooks = {}): Promise<Searched> {
  const cell = { ...described, canonicalKeys: described.explorer.readsStates === true };
  const began = performance.now();
  const tally = new Tally(from);
  let last = null as Run | null;
  let limit = null as Run | null;
  let error: HoldfastError | null = null;
  let coverage: Coverage | null = null;
  let interrupted = false;
  try {
    coverage = await cell.explorer.search({
      ...{ schedules, from, seed: cell.spec.seed },
      onStates(states, branches) {
        tally.explored = states;
        tally.grown();
        hooks.onProgress?.({ schedules: tally.schedules, states, branches });
      },
      run: async (choose) => {
        if (hooks.isStopped?.()) throw new Stopped();
        const seen = tally.states.size;
        const { schedule = [], sees } = hooks;
        const run = await runOrExplain(cell, choose, { schedule, sees, states: cell.explorer.readsStates ? null : tally.states });
        // Beside the sample, whatever is going to be shown: a violation ends the search, and of the limits the first is.
        const isShown = run.verdict === "violated" || (run.verdict === "cannot-be-had" && limit === null);
        if ((from + tally.schedules) % SELF_CHECK_EVERY === 0 || isShown) await checkDeterminism(cell, run);
        tally.add(run);
        if (!cell.explorer.readsStates) {
          tally.grown();
          hooks.onProgress?.({ schedules: tally.schedules, states: tally.states.size, branches: null });
        }
        last = run;
        // A limit of the issuer is shown, but the search goes on: a bug of the client may still be found.
        if (run.verdict === "cannot-be-had") limit ??= run;
        return summary(run, tally.states.size - seen);
      },
      rehearse: async (choose) => summary(await runOrExplain(cell, choose, { schedule: [] }), 0),
    });
  } catch (caught) {
    if (caught instanceof Stopped) interrupted = true;
    else if (caught instanceof HoldfastError) error = caught;
    else throw caught;
  }
  // A search ends at its first violation, so the last run is the counterexample if there is one.
  const found = last?.verdict === "violated" ? last : limit;
  const failure = found === null ? null : await shownFailure(cell, found);
  return { tally, coverage, failure, error, interrupted, last, durationMs: performance.now() - began };
}

function summary({ schedule, verdict }: Run, newStates: number): RunSummary {
  return { schedule, violated: verdict === "violated", newStates };
}

async function shownFailure(cell: Cell, run: Run): Promise<Failure> {
  return { verdict: run.verdict as Failure["verdict"], ...(await failureOf(cell, run)), shrunk: null };
}

/** A run that gets stuck may wait for something outside of the world: then it is run again to see what escaped. */
async function runOrExplain(cell: Cell, choose: Choose, onlooker: Onlooker & { readonly schedule: number[] }): Promise<Run> {
  try {
    return await runOnce(cell, choose, onlooker);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "DEADLOCK") await runWatched(cell, onlooker.schedule);
    // What went wrong in somebody's code is told with its place, and for that it has to happen once more.
    if (!(error instanceof HoldfastError) || error.cause !== undefined) await rerun(cell, onlooker.schedule, false, { withStacks: true });
    throw error;
  }
}
