import { TIMED_SCENARIOS } from "../../scenarios/index.ts";
import { wholeLatency } from "../lanes/catalogue.ts";
import { measurementOf } from "../lanes/measurement.ts";
import { loadTarget, timedSettingOf } from "../library/registry.ts";
import { HoldfastError } from "../model/error.ts";
import type { Measurement, MeasureResult, TimedRun, TimedSpec } from "../model/timed.ts";
import { renderMeasurements } from "../report/index.ts";
import { type ExitStatus, statusOf } from "./exit-status.ts";
import { assertNpmKeptNothing } from "./npm-flags.ts";
import { writeOutput } from "./output.ts";
import { Workers } from "./pool.ts";
import { stopOnSignals } from "./signals.ts";
import { Stop } from "./stop.ts";
import { TimedProgress } from "./timed-progress.ts";
import { view } from "./view.ts";
import { PEOPLE_OF_A_WORLD, worldsOf } from "./worlds.ts";

/** What `holdfast measure` takes. Lists have their default where they were not given. */
export interface MeasureOptions {
  readonly target: string;
  readonly strategy?: readonly string[];
  readonly profile: readonly string[];
  readonly isolates: number;
  readonly page: "request" | "document";
  /** Seconds. */
  readonly accessTokenLifetime: readonly number[];
  readonly latency: string;
  readonly people: number;
  readonly days: number;
  readonly seed: number;
  readonly jobs: number;
  readonly json?: string;
}

/** `holdfast measure`: plays people's days in timed worlds, and says how often they were signed out for no reason. */
export async function measure(scenario: string | undefined, options: MeasureOptions): Promise<ExitStatus> {
  assertNpmKeptNothing(process.env, "npm run -s holdfast -- measure");
  if (options.people % PEOPLE_OF_A_WORLD !== 0) {
    throw new HoldfastError("BAD_USAGE", `expected an even number of people, got ${options.people}`, "two of them share a world");
  }
  const specs = await specsOf(scenario ?? ([...TIMED_SCENARIOS.keys()][0] as string), options);
  // Names are looked up before anything runs, so that a typing error costs nothing.
  await Promise.all(specs.map(timedSettingOf));

  const worlds = options.people / PEOPLE_OF_A_WORLD;
  const works = specs.flatMap((spec) => worldsOf(spec, options.people));
  const stop = new Stop();
  const progress = new TimedProgress(works, process.stderr);
  const interrupted = stopOnSignals(stop, (words) => progress.interject(words));
  const began = performance.now();
  const workers = new Workers(options.jobs, stop);
  const runs = await workers.playWorlds(works, progress).finally(() => {
    progress.clear();
    return workers.close();
  });
  const cells = specs.map((spec, cell) => cellOf(spec, runs.slice(cell * worlds, (cell + 1) * worlds)));
  const result: MeasureResult = {
    version: 1,
    interrupted: interrupted() !== null,
    durationMs: Math.round(performance.now() - began),
    cells,
  };

  if (options.json !== undefined) await writeOutput(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.json !== "-") process.stdout.write(renderMeasurements(result, view()));
  return interrupted() ?? statusOf(cells.map(({ error }) => error));
}

async function specsOf(scenario: string, options: MeasureOptions): Promise<readonly TimedSpec[]> {
  const { target, isolates, page, days, seed } = options;
  const latency = wholeLatency(options.latency);
  const strategies = options.strategy ?? (await loadTarget(target)).strategies;
  return strategies.flatMap((strategy) =>
    options.profile.flatMap((profile) =>
      options.accessTokenLifetime.map((seconds) => ({
        ...{ scenario, target, strategy, profile, isolates, page },
        ...{ accessTokenLifetime: seconds * 1000, latency, days, seed },
      })),
    ),
  );
}

/** Of an interrupted measurement the worlds before the first that is missing count: which others had ended by then was chance. */
function cellOf(spec: TimedSpec, runs: readonly (TimedRun | null)[]): Measurement {
  const missing = runs.indexOf(null);
  const played = (missing < 0 ? runs : runs.slice(0, missing)) as readonly TimedRun[];
  return measurementOf(spec, played, runs.length);
}
