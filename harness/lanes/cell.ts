import { createHash } from "node:crypto";
import type { Choose, Coverage, Explorer, RunSummary } from "../explore/explorer.ts";
import { replay, trimmed } from "../explore/replay.ts";
import type { CellReport, CellResult, Verdict } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Schedule } from "../model/program.ts";
import type { TraceEntry } from "../model/trace.ts";
import { checkDeterminism } from "./determinism.ts";
import { formatFaults } from "./faults.ts";
import { encodeReplay } from "./replay-string.ts";
import { type LaneSetting, type Run, type Runnable, runOnce, runWatched, traceHash } from "./run.ts";
import type { Setting } from "./simulation.ts";

/** The first schedule of a cell, one in this many, and every one that breaks something are run twice and compared. */
const SELF_CHECK_EVERY = 100;

/** A cell with its names resolved. */
export interface Cell extends Setting {
  readonly explorer: Explorer;
}

/** The same in a lane of its own. */
export interface LaneCell extends LaneSetting {
  readonly explorer: Explorer;
}

/** What a cell's runs add up to. */
class Tally {
  readonly states = new Set<string>();
  readonly reached = new Set<string>();
  readonly #hash = createHash("sha256");
  schedules = 0;
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

  get steps() {
    return { min: this.#min, mean: this.schedules === 0 ? 0 : Math.round((this.#sum / this.schedules) * 10) / 10, max: this.#max };
  }

  get traceHash(): string {
    return this.#hash.copy().digest("hex");
  }
}

/**
 * Runs one cell in the simulation: the explorer's schedules up to the first violation, a sample of them twice.
 * Never throws for what a run shows; an error of the harness itself becomes the verdict `error`.
 */
export async function runCell(cell: Cell | LaneCell, onSchedule: (schedules: number) => void = () => {}): Promise<CellReport> {
  return (await search(cell, onSchedule)).report;
}

/** What came of one recorded schedule. `trace` is null when the run did not come to its end. */
export interface Replayed {
  readonly report: CellReport;
  readonly trace: readonly TraceEntry[] | null;
  readonly traceHash: string | null;
}

/** Runs one recorded schedule. */
export async function replayCell(setting: Runnable, schedule: Schedule): Promise<Replayed> {
  const { report, last } = await search({ ...setting, explorer: replay(schedule) }, () => {});
  return { report, trace: last?.trace.entries() ?? null, traceHash: last === null ? null : traceHash(last.trace) };
}

async function search(
  described: Cell | LaneCell,
  onSchedule: (schedules: number) => void,
): Promise<{ report: CellReport; last: Run | null }> {
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
      run: async (choose): Promise<RunSummary> => {
        const seen = tally.states.size;
        const run = await runOrExplain(cell, choose, cell.explorer.readsStates ? null : tally.states);
        if (tally.schedules % SELF_CHECK_EVERY === 0 || run.verdict !== "holds") await checkDeterminism(cell, run);
        tally.add(run);
        onSchedule(tally.schedules);
        last = run;
        // A limit of the issuer is shown, but the search goes on: a bug of the client may still be found.
        if (run.verdict === "cannot-be-had") limit ??= run;
        return { schedule: run.schedule, violated: run.verdict === "violated", newStates: tally.states.size - seen };
      },
    });
    // A run that ended at a violation shows what it shows; only those that held, or none at all, must have met what they are about.
    if (limit === null && last?.verdict !== "violated") assertReached(cell, tally.reached);
  } catch (caught) {
    if (!(caught instanceof HoldfastError)) throw caught;
    error = caught;
  }
  // A search ends at its first violation, so the last run is the counterexample if there is one.
  const found = last?.verdict === "violated" ? last : limit;
  return { report: report(cell, tally, coverage, found, error, performance.now() - began), last };
}

/** A run that gets stuck may wait for something outside of the world: then it is run again to see what escaped. */
async function runOrExplain(cell: Runnable, choose: Choose, states: Set<string> | null): Promise<Run> {
  const schedule: number[] = [];
  try {
    return await runOnce(cell, choose, { schedule, states });
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "DEADLOCK") await runWatched(cell, schedule);
    throw error;
  }
}

function assertReached(cell: Runnable, reached: ReadonlySet<string>): void {
  const missed = cell.scenario.mustReach.filter((mark) => !reached.has(mark));
  if (missed.length === 0) return;
  throw new HoldfastError(
    "VACUOUS",
    `${cell.scenario.name} never reached: ${missed.join("; ")}`,
    "no invariant was broken, but nothing was shown either: give it more loads or schedules",
  );
}

function report(
  cell: Cell | LaneCell,
  tally: Tally,
  coverage: Coverage | null,
  found: Run | null,
  error: HoldfastError | null,
  durationMs: number,
): CellReport {
  const { spec } = cell;
  const verdict: Verdict = error !== null ? "error" : (found?.verdict ?? "holds");
  const replayed = found === null ? "" : encodeReplay({ spec, schedule: trimmed(found.schedule), traceHash: traceHash(found.trace) });
  const result: CellResult = {
    scenario: spec.scenario,
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
    schedules: tally.schedules,
    states: coverage?.states ?? tally.states.size,
    transitions: coverage?.transitions ?? null,
    interleavings: coverage?.interleavings?.toString() ?? null,
    steps: tally.steps,
    traceHash: tally.traceHash,
    violations: (found?.violations ?? []).map(({ invariant, because }) => ({ invariant, because, replay: replayed })),
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    durationMs: Math.round(durationMs),
  };
  return { result, counterexample: found?.trace.entries() ?? null };
}
