import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import type { Baseline } from "../model/baseline.ts";
import type { CellResult, TraceResult } from "../model/cell.ts";
import { checkedJson } from "../model/checked.ts";
import { HoldfastError } from "../model/error.ts";
import type { ReliabilityResult } from "../model/reliability.ts";
import {
  baselineOf,
  type Catalogued,
  compare,
  counted,
  gateSchema,
  parseBaseline,
  type Results,
  renderBaseline,
  renderGate,
  renderUpdate,
} from "../report/index.ts";
import type { ExitStatus } from "./exit-status.ts";
import { writeOutput } from "./output.ts";
import { view } from "./view.ts";

/** What `holdfast gate` takes. */
export interface GateOptions {
  /** The file to compare with. */
  readonly baseline: string;
  /** Whether the results become the baseline. */
  readonly update?: true;
  /** Where the comparison goes as JSON; `-` is the standard output. */
  readonly json?: string;
}

const ELSEWHERE = "nothing was written; remove that file first, or name another one";

/** Where a run without arguments, and the catalogue, leave their results. */
const RUN = "reports/latest/report.json";

/**
 * `holdfast gate`: compares what runs have written with a baseline, and says what is worse. Whatever is better or new waits for
 * somebody to take it into the baseline.
 *
 * @param files what `run --json`, `matrix --json` and `catalogue --json` wrote; the last run of the default cells where none is named
 */
export async function gate(files: readonly string[], { baseline: file, update, json }: GateOptions): Promise<ExitStatus> {
  const results = await resultsOf(files.length === 0 ? [RUN] : files);
  if (update) {
    const baseline = baselineOf(results);
    // What is no baseline is somebody's file.
    const before = existsSync(file) ? parseBaseline(await textOf(file, ELSEWHERE), file, ELSEWHERE) : null;
    await writeOutput(file, renderBaseline(baseline));
    if (before !== null) process.stdout.write(renderUpdate(compare(before, results), view()));
    process.stdout.write(
      `${file}: ${counted(Object.keys(baseline.cells).length, "cell")}${verdicts(baseline)}, ${knownBugs(baseline.found)}.\n`,
    );
    return 0;
  }
  const comparison = compare(parseBaseline(await textOf(file, "write one with --update"), file), results);
  if (json !== undefined) await writeOutput(json, `${JSON.stringify({ version: 1, ...comparison }, null, 2)}\n`);
  if (json !== "-") process.stdout.write(renderGate(comparison, view()));
  return comparison.falls.length === 0 ? 0 : 1;
}

/** How many cells came to what, where not all of them hold: whoever takes that into a baseline should know. */
function verdicts({ cells }: Baseline): string {
  const all = Object.values(cells).map(({ verdict }) => verdict);
  if (all.every((verdict) => verdict === "holds")) return "";
  const counts = Object.entries(COME_TO).map(([verdict, words]) => [all.filter((one) => one === verdict).length, words] as const);
  return ` (${counts.flatMap(([count, words]) => (count === 0 ? [] : [`${count.toLocaleString("en-US")} ${words}`])).join(", ")})`;
}

const COME_TO = { holds: "hold", "cannot-be-had": "cannot be had", violated: "VIOLATED", error: "in an error" } as const;

function knownBugs(found: readonly string[] | null): string {
  if (found === null) return "no catalogue of known bugs";
  return counted(found.length, "known bug");
}

/** All results in these files together. */
async function resultsOf(files: readonly string[]): Promise<Results> {
  const cells: CellResult[] = [];
  const traces: TraceResult[] = [];
  let catalogue: Catalogued | null = null;
  const matrices: ReliabilityResult[] = [];
  for (const file of files) {
    const text = await textOf(file, "run `holdfast run` first, or name the file that its --json wrote");
    const hint = "give what `holdfast run --json`, `holdfast matrix --json` or `holdfast catalogue --json` wrote";
    const result = checkedJson(gateSchema, text, { code: "BAD_USAGE", what: file, hint });
    if (isCutOff(result)) {
      throw new HoldfastError("BAD_USAGE", `expected a whole run in ${file}, got one that somebody stopped`, "let it come to its end");
    }
    if ("clients" in result) matrices.push(result as ReliabilityResult);
    else if ("cells" in result) {
      cells.push(...(result.cells as unknown as CellResult[]));
      traces.push(...((result.traces ?? []) as unknown as TraceResult[]));
    } else catalogue = result;
  }
  return { cells, traces, matrices, catalogue };
}

function isCutOff(result: z.infer<typeof gateSchema>): boolean {
  if ("clients" in result) return result.notEnded > 0;
  if ("bugs" in result) return result.interrupted;
  return result.notStarted !== undefined || result.cells.some((cell) => cell.interrupted);
}

async function textOf(file: string, hint: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new HoldfastError("BAD_USAGE", `expected to read ${file}, but ${(error as Error).message}`, hint, { cause: error });
  }
}
