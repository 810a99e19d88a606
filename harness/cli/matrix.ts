import { CATALOGUE } from "../lanes/catalogue.ts";
import { reliabilityOf } from "../lanes/reliability.ts";
import { loadTarget } from "../library/registry.ts";
import type { Granularity } from "../model/cell.ts";
import { HoldfastError, unknownName } from "../model/error.ts";
import type { ReliabilityResult } from "../model/reliability.ts";
import type { Target } from "../model/target.ts";
import { assertReportPlace, reliabilityFiles, renderReliability, renderReliabilityJson, writeReport } from "../report/index.ts";
import { BUILT_IN_TARGETS } from "../targets/index.ts";
import { earlierMatrix, keptOf, missingFrom } from "./earlier-matrix.ts";
import { type ExitStatus, statusOf } from "./exit-status.ts";
import { CIRCUMSTANCES, matrixCells, RACE, SCHEDULES } from "./matrix-cells.ts";
import { writeOutput } from "./output.ts";
import { Workers } from "./pool.ts";
import { Progress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { Stop } from "./stop.ts";
import { view } from "./view.ts";

/** What `holdfast matrix` takes; all there is where nothing is said. */
export interface MatrixOptions {
  /** Built-in targets by name, or modules by path. */
  readonly target?: readonly string[];
  readonly profile?: readonly string[];
  /** Names of what may go wrong. */
  readonly faults?: readonly string[];
  readonly crypto: Granularity;
  /** The budget of a cell. */
  readonly schedules?: number;
  readonly seed: number;
  readonly jobs: number;
  readonly json?: string;
  readonly report: string;
  /** The JSON of an earlier matrix, of which cells are kept. */
  readonly continue?: string;
}

/**
 * `holdfast matrix`: what every client is worth under every issuer, whatever goes wrong. It says what is so, and expects nothing: it
 * ends well however many clients are broken.
 */
export async function matrix(options: MatrixOptions): Promise<ExitStatus> {
  const targets = options.target === undefined ? await builtIn() : await Promise.all(options.target.map(named));
  assertApart(targets);
  const { crypto, schedules = SCHEDULES, seed } = options;
  const profiles = chosen("profile", options.profile, CATALOGUE.profiles);
  const circumstances = chosen("thing that may go wrong", options.faults, CIRCUMSTANCES);
  const clients = targets.flatMap(({ name, target }) => target.strategies.map((strategy) => ({ target: name, strategy })));
  const before = options.continue === undefined ? null : await earlierMatrix(options.continue, { ...RACE, crypto, seed });
  const all = matrixCells({ clients, profiles, circumstances, crypto, schedules, seed });
  await assertReportPlace(options.report);
  const kept = await keptOf(before, all);
  const specs = missingFrom(kept, all);
  const began = performance.now();
  const stop = new Stop();
  const workers = new Workers(options.jobs, stop);
  const progress = new Progress(specs, process.stderr);
  const interrupted = stopOnSignals(stop, (words) => progress.interject(words));
  try {
    const found = await workers.search(specs, progress, true);
    progress.clear();
    const reports = found.filter((report) => report !== null).filter(({ result }) => !result.interrupted);
    const { cells, counterexamples, shown } = reliabilityOf(reports, kept);
    const result: ReliabilityResult = {
      version: 1,
      ...{ ...RACE, crypto, schedules, seed },
      notEnded: specs.length - reports.length,
      clients: targets.flatMap(({ target }) =>
        target.strategies.map((strategy) => ({ target: target.name, strategy, about: target.about ?? null })),
      ),
      profiles,
      circumstances: CIRCUMSTANCES.filter(({ name }) => circumstances.includes(name)).map(({ faults, timeSteps }) => ({
        faults,
        timeSteps,
      })),
      cells,
      counterexamples,
      durationMs: Math.round(performance.now() - began),
    };
    // A part of a matrix does not take the place of a whole one.
    if (options.json !== undefined && interrupted() === null) await writeOutput(options.json, renderReliabilityJson(result));
    await writeReport(options.report, reliabilityFiles(result, shown, view()));
    if (options.json !== "-") process.stdout.write(`${renderReliability(result, view())}\nReport: ${options.report}/index.html\n`);
    return interrupted() ?? statusOf(cells.map(({ error }) => error));
  } finally {
    progress.clear();
    await workers.close();
  }
}

/** Names that somebody chose, or all there are. */
function chosen(what: string, names: readonly string[] | undefined, all: readonly { readonly name: string }[]): readonly string[] {
  const known = all.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownName(what, unknown, known);
  return [...new Set(names ?? known)];
}

/** A target with what it is found by. */
interface NamedTarget {
  readonly name: string;
  readonly target: Target;
}

/** Results are known by what targets call themselves. */
function assertApart(targets: readonly NamedTarget[]): void {
  const names = targets.map(({ target }) => target.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected targets with names of their own, got two that are called "${twice}"`,
    "give one of them another name",
  );
}

async function named(name: string): Promise<NamedTarget> {
  return { name, target: await loadTarget(name) };
}

/** Those whose packages are installed; it is said which are not. */
async function builtIn(): Promise<readonly NamedTarget[]> {
  const tried = await Promise.all(
    [...BUILT_IN_TARGETS.keys()].map((name) =>
      named(name).catch((error: unknown) => {
        if (!(error instanceof HoldfastError) || error.code !== "BAD_TARGET") throw error;
        process.stderr.write(`Without ${name}: ${error.message} (${error.hint}).\n`);
        return null;
      }),
    ),
  );
  return tried.filter((each) => each !== null);
}
