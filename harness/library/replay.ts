import { resolveSetting } from "../lanes/catalogue.ts";
import { replayCell } from "../lanes/cell.ts";
import { departureOf } from "../lanes/departure.ts";
import { decodeReplay } from "../lanes/replay-string.ts";
import { HoldfastError } from "../model/error.ts";
import type { ExploreOptions } from "./explore-options.ts";
import { inTurn } from "./in-turn.ts";
import { type Own, type Report, reportOf } from "./report.ts";
import { found, type Given } from "./setting.ts";

/** What a replay string cannot carry: whatever was given to `explore` as an object of one's own. */
export type ReplayOptions<M extends string = string> = Partial<Pick<ExploreOptions<M>, Own>>;

/**
 * Plays one recorded run again: the line that a report ends with.
 *
 * @throws HoldfastError `BAD_REPLAY` for a string that is damaged, `BAD_USAGE` or `BAD_TARGET` when what it names is not to be found
 *
 * @example
 * ```ts
 * const report = await explore({ target: "reference", strategy: "naive", profile: "better-auth", loads: 3 });
 * const again = await replay(report.violations[0].replay);
 * again.verdict; // "violated"
 * ```
 */
export async function replay<M extends string>(text: string, given: ReplayOptions<M> = {}): Promise<Report> {
  const recorded = decodeReplay(text);
  return inTurn(async () => {
    const { target, scenario, profile, own } = await found({
      ...recorded.spec,
      scenario: recorded.spec.story ?? recorded.spec.scenario,
      ...given,
    } as Given).catch((error: unknown) => {
      throw error instanceof HoldfastError && error.code === "BAD_USAGE" ? notCarried(error) : error;
    });
    const setting = resolveSetting(recorded.spec, scenario.thing, target.thing, profile.thing);
    const replayed = await replayCell({ ...setting, sharesThread: true }, recorded.schedule);
    return reportOf(replayed.report, own, departureOf(recorded, replayed));
  });
}

function notCarried(error: HoldfastError): HoldfastError {
  const hint = `${error.hint}; what was an object of your own is not in the string: replay(text, { target, scenario, profile })`;
  return new HoldfastError(error.code, error.message, hint, { cause: error });
}
