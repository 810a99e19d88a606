import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Replayed, replayCell } from "../lanes/cell.ts";
import { parseTrace, type RecordedTrace, recordedAnew, traceText } from "../lanes/corpus.ts";
import { departureOf } from "../lanes/departure.ts";
import { inDatabase } from "../lanes/postgres/lane.ts";
import { openServer } from "../lanes/postgres/open-server.ts";
import { decodeReplay, REPLAY_PREFIX, type Replay } from "../lanes/replay-string.ts";
import type { Simulation } from "../lanes/simulation.ts";
import { settingOf } from "../library/registry.ts";
import type { CellResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { StateView } from "../model/state-view.ts";
import { chainsOf, type Moment, reasonsOf, renderDeparture, renderJson, renderReplay } from "../report/index.ts";
import { databaseCellOf } from "./database-cells.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { writeOutput } from "./output.ts";
import { walkOnTerminal } from "./step.ts";
import { view } from "./view.ts";
import { Walk } from "./walk.ts";

/** Characters in a line where no terminal says how many it has. */
const WIDTH = 120;

export interface ReplayOptions {
  readonly json?: string;
  /** Goes through it step by step. */
  readonly step?: true;
  /** Writes down in the file of a recorded trace what it comes to now. */
  readonly record?: true;
}

/** `holdfast replay`: runs one recorded schedule again, prints its trace, and says whether it went as recorded. */
export async function replayOne(fileOrString: string, options: ReplayOptions): Promise<ExitStatus> {
  const trace = options.record ? await traceIn(fileOrString) : null;
  const recorded = decodeReplay(trace?.replay ?? (await replayString(fileOrString)));
  const states: StateView[] = [];
  const replayed = await played(recorded, (simulation) => {
    if (options.step) states.push(simulation.look());
  });
  const { report } = replayed;
  const departure = departureOf(recorded, replayed);
  if (options.json !== undefined)
    await writeOutput(options.json, renderJson({ version: 1, seed: recorded.spec.seed, cells: [report.result] }));
  if (options.json !== "-") {
    if (options.step) await stepThrough(replayed, states);
    else process.stdout.write(renderReplay(report, replayed.trace, { ...view(), departure }));
    const { colour, command } = view();
    process.stdout.write(renderDeparture(departure, replayed.trace, trace === null ? { colour, command } : { colour }));
    if (trace !== null) process.stdout.write(await recordAgain(fileOrString, trace, replayed));
  }
  return exitStatus([report.result]);
}

/** In the lane in which it was recorded. */
async function played({ spec, schedule }: Replay, sees: (simulation: Simulation) => void): Promise<Replayed> {
  if (spec.lane === "simulation") return replayCell(await settingOf(spec), schedule, sees);
  const { cell, play } = await databaseCellOf({ ...spec, explore: "fifo" });
  const server = await openServer();
  try {
    return await inDatabase(cell, server.address, play, ({ setting }) => replayCell(setting, schedule, sees));
  } finally {
    await server.stop();
  }
}

async function stepThrough({ report, trace }: Replayed, states: readonly StateView[]): Promise<void> {
  const moments = states.map((state, index): Moment => ({ entry: trace[index - 1] ?? null, state }));
  const walk = new Walk(moments, { because: reasonsOf(chainsOf(report.result)), colour: view().colour });
  const { stdin, stdout } = process;
  if (stdin.isTTY && stdout.isTTY) await walkOnTerminal(walk, stdin, stdout);
  else stdout.write(`${walk.all(WIDTH)}\n`);
  stdout.write(`${outcomeOf(report.result)}\n`);
}

/** In one line: whoever has walked through it has seen the rest. */
function outcomeOf({ verdict, violations, error }: CellResult): string {
  if (error !== null) return `It ended in the error ${error.code}: ${error.message}`;
  const broken = violations.map(({ invariant }) => invariant).join(", ");
  if (verdict === "holds") return "Every invariant held.";
  return verdict === "violated" ? `Violated: ${broken}.` : `Cannot be had, a limit of the issuer: ${broken}.`;
}

/** @throws HoldfastError `BAD_REPLAY` where it is no file of a recorded trace */
async function traceIn(file: string): Promise<RecordedTrace> {
  return parseTrace(await readFile(file, "utf8").catch(() => ""), file);
}

async function recordAgain(file: string, before: RecordedTrace, replayed: Replayed): Promise<string> {
  const trace = recordedAnew(before, replayed);
  if (trace === null) return `${file} stays as it is: the run did not come to its end.\n`;
  if (traceText(trace) === traceText(before)) return `${file} is as it was.\n`;
  await writeOutput(file, traceText(trace));
  return `${file} is recorded anew: ${trace.verdict}.\n`;
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
