import { cellOfBug, daysOfCost, KNOWN_BUGS, KNOWN_COSTS } from "../../fixtures/known-bugs/index.ts";
import type { KnownBug, KnownCost } from "../../fixtures/known-bugs/known-bug.ts";
import { wholeLatency } from "../lanes/catalogue.ts";
import { formatFaults } from "../lanes/faults.ts";
import { measurementOf } from "../lanes/measurement.ts";
import { sumUp } from "../lanes/recall.ts";
import type { BugPlace, CataloguedBug, CataloguedCost, CatalogueResult, CorrectVariant, CostOf } from "../model/catalogue.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { Measurement, TimedRun } from "../model/timed.ts";
import { renderCatalogue, renderCatalogueJson, renderKnownBug } from "../report/index.ts";
import { defaultCells } from "./default-cells.ts";
import { type ExitStatus, statusOf } from "./exit-status.ts";
import { writeOutput } from "./output.ts";
import { Workers } from "./pool.ts";
import { Progress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { Stop } from "./stop.ts";
import { TimedProgress } from "./timed-progress.ts";
import { view } from "./view.ts";
import { PEOPLE_OF_A_WORLD, worldsOf } from "./worlds.ts";

/** What `holdfast catalogue` takes. */
export interface CatalogueOptions {
  /** Known bugs by the number, or by the beginning, of their names; all of them where nothing is said. */
  readonly only?: readonly string[];
  /** How many schedules a bug may take to be found. */
  readonly search: number;
  /** How many schedules all correct variants are given together. */
  readonly schedules: number;
  readonly seed: number;
  readonly jobs: number;
  readonly json?: string;
}

/** The strategies of the reference that keep everything they promise. */
const CORRECT = new Set(["ledger", "server-session"]);
/** A fix is given so many times the schedules of a cell of the reference. */
const FIXES_TO_REFERENCE = 8;

/** `holdfast catalogue`: looks for every known bug, and for false alarms in what is correct. */
export async function catalogue(options: CatalogueOptions): Promise<ExitStatus> {
  const { seed, search } = options;
  const bugs = chosen(KNOWN_BUGS, options.only);
  const costs = chosen(KNOWN_COSTS, options.only);
  if (bugs.length + costs.length === 0) throw noSuchBug(options.only ?? []);
  const specs = bugs.map((bug) => cellOfBug(bug, "bug", { explore: "portfolio", schedules: search, seed }));
  const correct = correctCells(bugs, options);

  const began = performance.now();
  const stop = new Stop();
  const workers = new Workers(options.jobs, stop);
  const progress = new Progress([...specs, ...correct.map(({ spec }) => spec)], process.stderr);
  let says = (words: string) => progress.interject(words);
  const interrupted = stopOnSignals(stop, (words) => says(words));
  try {
    const reports = await workers.search(specs, progress, true);
    const variants = await workers.search(
      correct.map(({ spec }) => spec),
      progress,
      false,
    );
    progress.clear();
    const works = costs.map((cost) => worksOf(cost, seed));
    const timed = new TimedProgress(works.flat(), process.stderr);
    says = (words) => timed.interject(words);
    const catalogued = bugs.flatMap((bug, index) => cataloguedBug(bug, specs[index], reports[index] ?? null));
    const judged = correct.flatMap(({ spec, fixes }, index) => correctVariant(spec, fixes, variants[index] ?? null));
    const weighed: CataloguedCost[] = [];
    for (const [index, cost] of costs.entries()) weighed.push(costOf(cost, seed, await workers.playWorlds(works[index] ?? [], timed)));
    timed.clear();
    const result: CatalogueResult = {
      version: 1,
      seed,
      interrupted: interrupted() !== null,
      ...sumUp(catalogued, judged, interrupted() === null ? weighed : []),
      bugs: catalogued,
      correct: judged,
      costs: weighed,
      durationMs: Math.round(performance.now() - began),
    };
    if (options.json !== undefined) await writeOutput(options.json, renderCatalogueJson(result));
    if (options.json !== "-") process.stdout.write(shown(result, bugs, reports));
    return interrupted() ?? statusOfCatalogue(result);
  } finally {
    progress.clear();
    await workers.close();
  }
}

function chosen<B extends { readonly id: string }>(all: readonly B[], only: readonly string[] | undefined): readonly B[] {
  return only === undefined ? all : all.filter(({ id }) => only.some((name) => id === name || id.startsWith(`${name}-`)));
}

function noSuchBug(only: readonly string[]): HoldfastError {
  const known = [...KNOWN_BUGS, ...KNOWN_COSTS].map(({ id }) => id).sort();
  return new HoldfastError(
    "BAD_USAGE",
    `expected a known bug, got "${only.join(",")}"`,
    `by number or name, as in 07: ${known.join(", ")}`,
  );
}

/** The fixes of the bugs, and where all of them are asked for the reference too. A run of the reference takes many times as long. */
function correctCells(bugs: readonly KnownBug[], { only, schedules, seed }: CatalogueOptions) {
  const reference = only === undefined ? defaultCells(seed).filter(isCorrect) : [];
  const share = schedules / (FIXES_TO_REFERENCE * bugs.length + reference.length);
  const [own, others] = [Math.ceil(FIXES_TO_REFERENCE * share), Math.ceil(share)];
  return [
    ...bugs.map((bug) => ({ fixes: bug.id, spec: cellOfBug(bug, "fix", { explore: "portfolio", schedules: own, seed }) })),
    ...reference.map((spec) => ({ fixes: null, spec: { ...spec, explore: "portfolio", schedules: others } })),
  ];
}

/** Searches that sample: a complete one runs as many schedules as there are, and `holdfast run` has those. */
function isCorrect({ target, strategy, explore, expect }: CellSpec): boolean {
  return target === "reference" && CORRECT.has(strategy) && explore === "random" && expect === "holds";
}

function placeOf({ target, scenario, profile, isolates, loads, page, faults }: CellSpec): BugPlace {
  return { target, scenario, profile, isolates, loads, page, faults: formatFaults(faults) };
}

/** Nothing where somebody stopped it before its turn came. */
function cataloguedBug(bug: KnownBug, spec: CellSpec | undefined, report: CellReport | null): readonly CataloguedBug[] {
  if (report === null || spec === undefined) return [];
  const { result } = report;
  const broken = result.violations.map(({ invariant }) => invariant);
  const own = result.violations.find(({ invariant }) => invariant === bug.foundBy);
  return [
    {
      ...{ id: bug.id, title: bug.title, class: bug.class?.number ?? null, breaks: bug.class?.breaks ?? [], story: bug.story ?? null },
      invariant: bug.foundBy,
      found: result.verdict === "violated" && own !== undefined,
      ...placeOf(spec),
      schedules: result.schedules,
      steps: result.shrunk?.to.steps ?? null,
      broken,
      because: own?.because ?? [],
      replay: (own ?? result.violations[0])?.replay ?? null,
      error: result.error,
    },
  ];
}

function correctVariant(spec: CellSpec, fixes: string | null, report: CellReport | null): readonly CorrectVariant[] {
  if (report === null) return [];
  const { schedules, verdict, violations, error } = report.result;
  const broken = verdict === "violated" ? violations.map(({ invariant }) => invariant) : [];
  const replay = verdict === "violated" ? (violations[0]?.replay ?? null) : null;
  return [{ fixes, strategy: spec.strategy, ...placeOf(spec), schedules, verdict, broken, replay, error }];
}

function worksOf(cost: KnownCost, seed: number) {
  return (["before", "after"] as const).flatMap((when) => worldsOf(specOf(cost, when, seed), cost.people));
}

function specOf(cost: KnownCost, when: "before" | "after", seed: number) {
  const spec = daysOfCost(cost, when, seed);
  return { ...spec, latency: wholeLatency(spec.latency) };
}

function costOf(cost: KnownCost, seed: number, runs: readonly (TimedRun | null)[]): CataloguedCost {
  const worlds = cost.people / PEOPLE_OF_A_WORLD;
  const measured = (when: "before" | "after", from: number) => {
    const played = runs.slice(from, from + worlds).filter((run) => run !== null);
    return measurementOf(specOf(cost, when, seed), played, worlds);
  };
  const [before, after] = [measured("before", 0), measured("after", worlds)];
  const { id, title, story } = cost;
  const [much, little] = [before.logoutsPerSessionDay, after.logoutsPerSessionDay];
  const isLess = much !== null && little !== null && little.high < much.low;
  return { id, title, story, before: costIn(before), after: costIn(after), isLess, error: before.error ?? after.error };
}

function costIn({ accessTokenLifetime, logoutsPerSessionDay }: Measurement): CostOf {
  return { accessTokenLifetime, logoutsPerSessionDay };
}

/** One or a few bugs are shown in full, with their traces. */
function shown(result: CatalogueResult, bugs: readonly KnownBug[], reports: readonly (CellReport | null)[]): string {
  if (bugs.length > FEW) return renderCatalogue(result, view());
  const each = bugs.flatMap((bug, index) => {
    const report = reports[index] ?? null;
    return report === null ? [] : [renderKnownBug(bug, report, view())];
  });
  return [...each, renderCatalogue(result, view())].join("\n");
}

/** As many as somebody reads one below the other. */
const FEW = 3;

/** What the harness cannot vouch for outweighs a shortfall. */
function statusOfCatalogue({ bugs, correct, costs, shortfalls }: CatalogueResult): 0 | 1 | 2 | 3 {
  const failure = statusOf([...bugs, ...correct, ...costs].map(({ error }) => error));
  return failure === 0 && shortfalls.length > 0 ? 1 : failure;
}
