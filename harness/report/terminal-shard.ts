import type { CellReport, CellSpec, TraceResult } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import { renderInterruption } from "./interruption.ts";
import { renderCounterexample } from "./terminal-counterexample.ts";
import { renderMatrix, type TerminalOptions } from "./terminal-matrix.ts";
import { renderErrors, renderSummary } from "./terminal-summary.ts";
import { renderTraces } from "./terminal-traces.ts";
import { cellName, counted, plain, VERDICT_WORD } from "./words.ts";
import { hang } from "./wrap.ts";

export interface ShardOptions extends TerminalOptions {
  /** What stands before `merge …`, for instance `npm run -s holdfast --`. */
  readonly command: string;
}

/** A part of a cell that a shard ran. */
export interface ShownPart {
  readonly spec: CellSpec;
  readonly part: Part;
  /** Of these schedules alone. */
  readonly report: CellReport;
}

/** What a shard came to. */
export interface ShownShard {
  readonly shard: { readonly index: number; readonly count: number };
  /** Where it is left for the merge. */
  readonly folder: string;
  /** Where all of them are, as a command line has it. */
  readonly folders: string;
  /** Of the cells that it had whole. */
  readonly reports: readonly CellReport[];
  readonly parts: readonly ShownPart[];
  /** Recorded traces that it played. */
  readonly traces: readonly TraceResult[];
  /** Cells and parts that were not begun when somebody stopped it; left out where nobody did. */
  readonly notStarted?: number;
}

/**
 * What a person reads of one shard of a run: the cells that it had whole as any run shows them, what its parts of others have come to so
 * far, and how all is joined.
 *
 * @example
 * ```ts
 * renderShard({ ...told, reports: [], parts: [], traces: [] }, { command: "npx holdfast" });
 * // Shard 2 of 4: 0 whole cells, 0 parts of others and 0 recorded traces, in reports/shard-2-of-4.
 * //
 * // When all 4 are done, this joins them and judges the run:
 * //   npx holdfast merge reports/shard-*-of-4
 * ```
 */
export function renderShard(told: ShownShard, options: ShardOptions): string {
  const { shard, folder, folders, reports, parts, traces, notStarted } = told;
  const width = options.width ?? 100;
  const inError = parts.filter(({ part, report }) => part.error !== null || (report.result.verdict === "error" && part.failure !== null));
  const all = [...reports, ...parts.map(({ report }) => report)];
  const [found] = all.every(({ result }) => result.expect !== null) ? [] : all.filter(({ counterexample }) => counterexample !== null);
  const has = `${counted(reports.length, "whole cell")}, ${counted(parts.length, "part")} of others and ${counted(traces.length, "recorded trace")}`;
  const done = renderInterruption({
    ...{ version: 1, seed: 0, cells: all.map(({ result }) => result) },
    ...(notStarted === undefined ? {} : { notStarted }),
  });
  const sections = [
    renderTraces(traces, traces.length, options),
    reports.length === 0 ? "" : renderMatrix(reports, options),
    parts.length === 0 ? "" : partLines(parts, width),
    found === undefined ? "" : renderCounterexample(found, options),
    renderErrors([...reports, ...inError.map(({ report }) => report)], options),
    reports.length === 0 ? "" : renderSummary(reports, options),
    done,
    `Shard ${shard.index} of ${shard.count}: ${has}, in ${folder}.\n`,
    `When all ${shard.count} are done, this joins them and judges the run:\n  ${options.command} merge ${folders}\n`,
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function partLines(parts: readonly ShownPart[], width: number): string {
  const lines = parts.flatMap(({ spec, part, report }) => {
    const last = part.from + part.schedules;
    const which = part.schedules === 0 ? "no schedule" : `schedules ${part.from + 1} to ${last} of ${spec.schedules}`;
    return hang(
      "  ",
      `${plain(spec.scenario)} · ${cellName(report.result)}: ${which}, ${came(part)}${part.interrupted ? ", cut off" : ""}`,
      width,
    );
  });
  return ["Parts of cells, of which the merge makes whole ones", ...lines, ""].join("\n");
}

/** What can be said of a part by itself. */
function came({ failure, smaller, error }: Part): string {
  if (error !== null || (smaller !== null && "error" in smaller)) return VERDICT_WORD.error;
  if (failure === null) return "nothing broken";
  const broken = [...new Set(failure.violations.map(({ invariant }) => invariant))].join(", ");
  return `${VERDICT_WORD[failure.verdict]} (${broken})`;
}
