import { explorerNamed, resolveSetting } from "../lanes/catalogue.ts";
import { runCell } from "../lanes/cell.ts";
import { shrinkReport } from "../lanes/shrink-report.ts";
import { HoldfastError } from "../model/error.ts";
import { describedCell } from "./described-cell.ts";
import { checkedOptions, type ExploreOptions } from "./explore-options.ts";
import { inTurn } from "./in-turn.ts";
import { type Report, reportOf } from "./report.ts";
import { found, type Given } from "./setting.ts";

/**
 * Runs one cell in this thread: real code of the target in a deterministic world, schedule after schedule, up to the first that breaks
 * an invariant, whose order of events is then made as small as it gets. Explorations take turns; time, `fetch` and randomness are
 * virtual for the target alone.
 *
 * @returns what came of it. A run that cannot be vouched for is no exception but the verdict `error`, with `error.code`.
 * @throws HoldfastError `BAD_USAGE` or `BAD_TARGET` for options that are not what they should be, before anything runs
 *
 * @example
 * ```ts
 * const report = await explore({ target: "reference", profile: "better-auth", loads: 4, schedules: 20 });
 * report.verdict; // "holds"
 * report.bound; // "20 schedules"
 * ```
 */
export function explore<M extends string>(options: ExploreOptions<M>): Promise<Report> {
  return withHint(() => explored(options));
}

async function explored<M extends string>(options: ExploreOptions<M>): Promise<Report> {
  const { scenario: _scenario, target: _target, ...choices } = checkedOptions(options as ExploreOptions);
  return inTurn(async () => {
    const { target, scenario, profile, story, own } = await found({
      target: options.target,
      scenario: (options.scenario ?? "page-loads-at-expiry") as Given["scenario"],
      profile: options.profile ?? "workos",
    });
    const spec = describedCell({ ...choices, story, profile: profile.name }, scenario.thing, target.thing, target.name);
    const setting = { ...resolveSetting(spec, scenario.thing, target.thing, profile.thing), sharesThread: true } as const;
    const report = await runCell({ ...setting, explorer: explorerNamed(spec.explore) });
    return reportOf(choices.shrink === false ? report : await shrinkReport(setting, report), own);
  });
}

/** A test runner shows an error's message, and nothing else of it: what to do belongs there, too. */
async function withHint<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new HoldfastError(error.code, `${error.message}\nnext: ${error.hint}`, error.hint, { cause: error });
  }
}
