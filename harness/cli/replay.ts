import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { replayCell } from "../lanes/cell.ts";
import { decodeReplay, REPLAY_PREFIX } from "../lanes/replay-string.ts";
import { settingOf } from "../library/registry.ts";
import { HoldfastError } from "../model/error.ts";
import { renderJson, renderReplay } from "../report/index.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { writeOutput } from "./output.ts";
import { view } from "./view.ts";

export interface ReplayOptions {
  readonly json?: string;
}

/** `holdfast replay`: runs one recorded schedule again, prints its trace, and says whether it went as recorded. */
export async function replayOne(fileOrString: string, options: ReplayOptions): Promise<ExitStatus> {
  const recorded = decodeReplay(await replayString(fileOrString));
  const { report, trace, traceHash } = await replayCell(await settingOf(recorded.spec), recorded.schedule);
  if (options.json !== undefined)
    await writeOutput(options.json, renderJson({ version: 1, seed: recorded.spec.seed, cells: [report.result] }));
  if (options.json !== "-") {
    process.stdout.write(renderReplay(report, trace, view()));
    if (traceHash !== null) process.stdout.write(comparison(traceHash === recorded.traceHash));
  }
  return exitStatus([report.result]);
}

function comparison(same: boolean): string {
  return same
    ? "The trace is the recorded one.\n"
    : "The trace is not the recorded one: the code, the scenario or a dependency has changed since.\n";
}

/** The string itself, or the first one in a file: alone, or in the JSON of a run. */
async function replayString(fileOrString: string): Promise<string> {
  if (fileOrString.trimStart().startsWith(REPLAY_PREFIX)) return fileOrString;
  if (!existsSync(fileOrString)) {
    throw new HoldfastError(
      "BAD_REPLAY",
      `expected a replay string or a file, got "${fileOrString.slice(0, 40)}"`,
      `a string begins with ${REPLAY_PREFIX}; a file exists`,
    );
  }
  const text = await readFile(fileOrString, "utf8").catch((error: Error) => {
    throw new HoldfastError(
      "BAD_REPLAY",
      `expected a file that can be read, but ${error.message}`,
      "pass the file that `holdfast run --json` wrote",
      { cause: error },
    );
  });
  const found = new RegExp(`${REPLAY_PREFIX}[\\w-]+`).exec(text);
  if (found === null) {
    throw new HoldfastError(
      "BAD_REPLAY",
      `expected a replay string in ${fileOrString}, and found none`,
      "a run without a violation has none; pass one with a violation",
    );
  }
  return found[0];
}
