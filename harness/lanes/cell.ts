import { type Share, type ShareResult, searchShare } from "../explore/exhaustive.ts";
import type { Coverage, Explorer } from "../explore/explorer.ts";
import { replay } from "../explore/replay.ts";
import type { CellReport, CellResult, CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Part, Stretch } from "../model/part.ts";
import type { Schedule } from "../model/program.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import type { TraceEntry } from "../model/trace.ts";
import type { Played } from "./departure.ts";
import { formatFaults } from "./faults.ts";
import { traceHash } from "./run.ts";
import { type Cell, type CellWatch, type Searched, searchCell } from "./search-cell.ts";
import { withSmaller } from "./shrink-report.ts";
import type { Setting, Simulation } from "./simulation.ts";
import { Tally } from "./tally.ts";

/**
 * Runs one cell in the simulation: the explorer's schedules up to the first violation, a sample of them twice.
 * Never throws for what a run shows; an error of the harness itself becomes the verdict `error`.
 */
export async function runCell(cell: Cell, watch: CellWatch = {}): Promise<CellReport> {
  return concluded(cell, await searchCell(cell, { from: 0, schedules: cell.spec.schedules }, watch));
}

/**
 * Runs some of a cell's schedules, where its explorer divides them. What it comes to says nothing of the cell before all of its parts
 * are there, see {@link joined}.
 */
export async function runPart(cell: Cell, stretch: Stretch, watch: CellWatch = {}): Promise<Part> {
  const { tally, failure, error, interrupted, durationMs } = await searchCell(cell, stretch, watch);
  const ended = { error: error === null ? null : said(error), interrupted, durationMs: Math.round(durationMs) };
  return { ...tally.asPart(), failure, smaller: null, ...ended };
}

/** What of a cell a report names. */
export interface NamedCell {
  readonly spec: CellSpec;
  readonly scenario: Pick<Scenario, "name" | "mustReach">;
  readonly target: Pick<Target, "name">;
  readonly explorer: Pick<Explorer, "name">;
}

/** Some of the branches of a cell whose every order of events is tried; their schedules are numbered from 0, whoever runs others. */
export interface CellShare extends ShareResult {
  readonly part: Part;
}

/**
 * Runs a share of a cell's exhaustive search.
 *
 * @param isOver asked before each schedule but the first whether to leave the rest to others
 */
export async function runShare(cell: Cell, share: Share, isOver: () => boolean): Promise<CellShare> {
  const found: ShareResult[] = [];
  let asked = 0;
  const explorer: Explorer = {
    ...cell.explorer,
    async search(search) {
      found.push(await searchShare(search, share, () => asked++ > 0 && isOver()));
      return null;
    },
  };
  const part = await runPart({ ...cell, explorer }, { from: 0, schedules: cell.spec.schedules });
  const [result = { start: null, states: [], left: share.branches, depth: 0 }] = found;
  return { ...result, part };
}

/**
 * What a cell comes to whose schedules were run in parts: the same, but for the time it took, as if one search had run them all.
 *
 * @param parts in any order; what comes after a violation, an error or a gap does not count
 * @param coverage what an explorer that knows says of all parts together
 */
export function joined(cell: NamedCell, parts: readonly Part[], coverage: Coverage | null = null): CellReport {
  const tally = new Tally();
  let [failure, error, interrupted, durationMs] = [null as Part["failure"], null as Part["error"], false, 0];
  let smaller: Part["smaller"] = null;
  for (const part of [...parts].sort((a, b) => a.from - b.from)) {
    durationMs += part.durationMs;
    if (interrupted || error !== null || failure?.verdict === "violated" || part.from !== tally.schedules) continue;
    tally.absorb(part);
    if (failure === null || part.failure?.verdict === "violated") ({ failure, smaller } = part);
    ({ error, interrupted } = part);
  }
  // A budget that was not spent has to have a reason.
  const isSpent =
    tally.schedules >= cell.spec.schedules || coverage?.complete === true || failure?.verdict === "violated" || error !== null;
  const report = concluded(cell, { tally, coverage, failure, error, interrupted: interrupted || !isSpent, durationMs });
  // Of a search that ended in an error the failure is shown as it was found.
  return smaller === null || error !== null ? report : withSmaller(report, smaller);
}

/** What a cell comes to of which nobody can say more than what has ended its search. */
export function failed(cell: NamedCell, error: HoldfastError, durationMs: number): CellReport {
  return concluded(cell, { tally: new Tally(), coverage: null, failure: null, error, interrupted: false, durationMs });
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
  const cell = { ...setting, explorer: replay(schedule) };
  const searched = await searchCell(
    cell,
    { from: 0, schedules: 1 },
    {
      schedule: chosen,
      sees(simulation) {
        played[0] = simulation;
        sees(simulation);
      },
    },
  );
  const { last, error } = searched;
  const trace = played[0]?.trace;
  const report = reportOf(cell, { ...searched, error: error === null ? null : said(error) });
  return {
    report,
    schedule: chosen,
    lines: trace?.lines() ?? [],
    trace: report.counterexample ?? trace?.entries() ?? [],
    traceHash: last === null ? null : traceHash(last.trace),
  };
}

/** What a search, or the parts of one, came to. */
type Outcome = Pick<Searched, "tally" | "coverage" | "failure" | "interrupted" | "durationMs"> & Pick<CellResult, "error">;

/** A run that went wrong shows what it shows; only a search that found nothing must have met what it is about. */
function concluded(cell: NamedCell, outcome: Omit<Outcome, "error"> & { readonly error: HoldfastError | CellResult["error"] }): CellReport {
  const { tally, failure, interrupted } = outcome;
  const error = outcome.error instanceof HoldfastError ? said(outcome.error) : outcome.error;
  const isVacuous = error === null && failure === null && !interrupted;
  return reportOf(cell, { ...outcome, error: isVacuous ? vacuousness(cell, tally) : error });
}

function vacuousness({ scenario }: NamedCell, { reached }: Tally): CellResult["error"] {
  const missed = scenario.mustReach.filter((mark) => !reached.has(mark));
  if (missed.length === 0) return null;
  return {
    code: "VACUOUS",
    message: `${scenario.name} never reached: ${missed.join("; ")}`,
    hint: "no invariant was broken, but nothing was shown either: give it more loads or schedules; or, where this client does not offer that at all, leave the scenario out",
  };
}

function said({ code, message, hint }: HoldfastError): NonNullable<CellResult["error"]> {
  return { code, message, hint };
}

function reportOf(cell: NamedCell, { tally, coverage, failure, error, interrupted, durationMs }: Outcome): CellReport {
  const verdict = error === null ? (failure?.verdict ?? "holds") : "error";
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
    interrupted,
    schedules: tally.schedules,
    states,
    growth: tally.growth(states),
    transitions: coverage?.transitions ?? null,
    interleavings: coverage?.interleavings?.toString() ?? null,
    steps: tally.steps,
    traceHash: tally.traceHash,
    violations: failure?.violations ?? [],
    shrunk: failure?.shrunk ?? null,
    error,
    durationMs: Math.round(durationMs),
  };
  return { result, counterexample: failure?.counterexample ?? null };
}
