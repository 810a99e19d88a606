import { createHash } from "node:crypto";
import type { Choose, Coverage, Explorer, RunSummary } from "../explore/explorer.ts";
import { replay } from "../explore/replay.ts";
import type { CellReport, CellResult, Verdict } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Schedule } from "../model/program.ts";
import type { TraceEntry } from "../model/trace.ts";
import type { Played } from "./departure.ts";
import { checkDeterminism } from "./determinism.ts";
import { failureOf, type ShownFailure } from "./failure.ts";
import { formatFaults } from "./faults.ts";
import { type Onlooker, type Run, rerun, runOnce, runWatched, traceHash } from "./run.ts";
import type { Setting, Simulation } from "./simulation.ts";

/** The first schedule of a cell, one in this many, and every one that is going to be shown are run twice and compared. */
const SELF_CHECK_EVERY = 100;

/** A cell with its names resolved. */
export interface Cell extends Setting {
  readonly explorer: Explorer;
}

/** What a cell's runs add up to. */
class Tally {
  readonly states = new Set<string>();
  readonly reached = new Set<string>();
  readonly #hash = createHash("sha256");
  /** See {@link CellResult.growth}. */
  readonly growth: [schedules: number, states: number][] = [];
  schedules = 0;
  /** States that the explorer has told apart, where it looks at them itself. */
  explored = 0;
  interrupted = false;
  #min = 0;
  #max = 0;
  #sum = 0;

  add(run: Run): void {
    this.#min = this.schedules === 0 ? run.steps : Math.min(this.#min, run.steps);
    this.#max = Math.max(this.#max, run.steps);
    this.#sum += run.steps;
    this.schedules++;
    // What a run that was cut off has in common with another is in that one's trace.
    if (!run.cut) this.#hash.update(traceHash(run.trace));
    for (const mark of run.reached) this.reached.add(mark);
  }

  /** Called once the states of a schedule have been told apart; an explorer's audits are schedules, too, and no step of its growth. */
  grown(): void {
    const [last] = this.growth.at(-1) ?? [0];
    if (this.schedules >= 2 * last) this.growth.push([this.schedules, this.seen]);
  }

  /** States told apart so far, by whoever tells them apart. */
  get seen(): number {
    return Math.max(this.explored, this.states.size);
  }

  get steps() {
    return { min: this.#min, mean: this.schedules === 0 ? 0 : Math.round((this.#sum / this.schedules) * 10) / 10, max: this.#max };
  }

  get traceHash(): string {
    return this.#hash.copy().digest("hex");
  }
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

/** Ends a search from outside. */
class Stopped extends Error {}

/**
 * Runs one cell in the simulation: the explorer's schedules up to the first violation, a sample of them twice.
 * Never throws for what a run shows; an error of the harness itself becomes the verdict `error`.
 */
export async function runCell(cell: Cell, watch: CellWatch = {}): Promise<CellReport> {
  return (await search(cell, watch)).report;
}

/** What came of one recorded schedule. */
export interface Replayed extends Played {
  readonly report: CellReport;
  /** Up to where the run failed, if it did not come to its end. */
  readonly trace: readonly TraceEntry[];
}

/**
 * Runs one recorded schedule, as far as what it chose is still offered. One schedule need not reach what a search of its scenario must.
 *
 * @param sees is told once the run is open, and after each step
 */
export async function replayCell(
  setting: Setting,
  schedule: Schedule,
  sees: (simulation: Simulation) => void = () => {},
): Promise<Replayed> {
  const chosen: number[] = [];
  const played: Simulation[] = [];
  const { report, last } = await search(
    { ...setting, explorer: replay(schedule) },
    {
      isReplay: true,
      schedule: chosen,
      sees(simulation) {
        played[0] = simulation;
        sees(simulation);
      },
    },
  );
  const trace = played[0]?.trace;
  return {
    report,
    schedule: chosen,
    lines: trace?.lines() ?? [],
    trace: report.counterexample ?? trace?.entries() ?? [],
    traceHash: last === null ? null : traceHash(last.trace),
  };
}

/** Who looks on while a cell is searched. */
interface Hooks extends CellWatch, Pick<Onlooker, "schedule" | "sees"> {
  /** One run of it is all there is. */
  readonly isReplay?: true;
}

async function search(described: Cell, hooks: Hooks): Promise<{ report: CellReport; last: Run | null }> {
  const cell = { ...described, canonicalKeys: described.explorer.readsStates === true };
  const began = performance.now();
  const tally = new Tally();
  let last = null as Run | null;
  let limit = null as Run | null;
  let error: HoldfastError | null = null;
  let coverage: Coverage | null = null;
  try {
    coverage = await cell.explorer.search({
      schedules: cell.spec.schedules,
      seed: cell.spec.seed,
      onStates(states, branches) {
        tally.explored = states;
        tally.grown();
        hooks.onProgress?.({ schedules: tally.schedules, states, branches });
      },
      run: async (choose): Promise<RunSummary> => {
        if (hooks.isStopped?.()) throw new Stopped();
        const seen = tally.states.size;
        const { schedule = [], sees } = hooks;
        const run = await runOrExplain(cell, choose, { schedule, sees, states: cell.explorer.readsStates ? null : tally.states });
        // Beside the sample, whatever is going to be shown: a violation ends the search, and of the limits the first is.
        const isShown = run.verdict === "violated" || (run.verdict === "cannot-be-had" && limit === null);
        if (tally.schedules % SELF_CHECK_EVERY === 0 || isShown) await checkDeterminism(cell, run);
        tally.add(run);
        if (!cell.explorer.readsStates) {
          tally.grown();
          hooks.onProgress?.({ schedules: tally.schedules, states: tally.states.size, branches: null });
        }
        last = run;
        // A limit of the issuer is shown, but the search goes on: a bug of the client may still be found.
        if (run.verdict === "cannot-be-had") limit ??= run;
        return { schedule: run.schedule, violated: run.verdict === "violated", newStates: tally.states.size - seen };
      },
    });
    // A run that ended at a violation shows what it shows; only those that held, or none at all, must have met what they are about.
    if (!hooks.isReplay && limit === null && last?.verdict !== "violated") assertReached(cell, tally.reached);
  } catch (caught) {
    if (caught instanceof Stopped) tally.interrupted = true;
    else if (caught instanceof HoldfastError) error = caught;
    else throw caught;
  }
  // A search ends at its first violation, so the last run is the counterexample if there is one.
  const found = last?.verdict === "violated" ? last : limit;
  const failure = found === null ? null : await failureOf(cell, found);
  const verdict = error === null ? (found?.verdict ?? "holds") : "error";
  return { report: report(cell, tally, coverage, verdict, failure, error, performance.now() - began), last };
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

function assertReached(cell: Cell, reached: ReadonlySet<string>): void {
  const missed = cell.scenario.mustReach.filter((mark) => !reached.has(mark));
  if (missed.length === 0) return;
  throw new HoldfastError(
    "VACUOUS",
    `${cell.scenario.name} never reached: ${missed.join("; ")}`,
    "no invariant was broken, but nothing was shown either: give it more loads or schedules; or, where this client does not offer that at all, leave the scenario out",
  );
}

function report(
  cell: Cell,
  tally: Tally,
  coverage: Coverage | null,
  verdict: Verdict,
  failure: ShownFailure | null,
  error: HoldfastError | null,
  durationMs: number,
): CellReport {
  const { spec } = cell;
  const states = coverage?.states ?? tally.seen;
  const result: CellResult = {
    scenario: spec.scenario,
    ...(spec.story === undefined ? {} : { story: spec.story }),
    target: cell.target.name,
    profile: spec.profile,
    strategy: spec.strategy,
    isolates: spec.isolates,
    loads: spec.loads,
    page: spec.page,
    faults: formatFaults(spec.faults),
    timeSteps: spec.timeSteps,
    lane: spec.lane,
    explore: cell.explorer.name,
    granularity: `crypto=${spec.crypto}`,
    expect: spec.expect,
    verdict,
    completeness: coverage?.complete === true && verdict !== "violated" && verdict !== "error" ? "complete" : "bounded",
    bound: `${tally.schedules} ${tally.schedules === 1 ? "schedule" : "schedules"}`,
    interrupted: tally.interrupted,
    schedules: tally.schedules,
    states,
    growth: [...tally.growth.filter(([schedules]) => schedules < tally.schedules), [tally.schedules, states]],
    transitions: coverage?.transitions ?? null,
    interleavings: coverage?.interleavings?.toString() ?? null,
    steps: tally.steps,
    traceHash: tally.traceHash,
    violations: failure?.violations ?? [],
    shrunk: null,
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    durationMs: Math.round(durationMs),
  };
  return { result, counterexample: failure?.counterexample ?? null };
}
