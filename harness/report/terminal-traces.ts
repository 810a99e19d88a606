import type { TraceResult } from "../model/cell.ts";
import { paintIn } from "./paint.ts";
import { departureLine } from "./terminal-departure.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { plain, VERDICT_WORD } from "./words.ts";
import { hang } from "./wrap.ts";

export interface TracesOptions extends TerminalOptions {
  /** What stands before `replay …`, for instance `npm run -s holdfast --`. */
  readonly command: string;
}

/**
 * What came of the recorded traces that fit the cells: one line where all came to what was recorded, and a few for each that did not,
 * or that went another way. Empty where nothing is recorded.
 *
 * @param recorded how many there are in all
 * @example
 * ```ts
 * renderTraces(traces, 11, { command: "holdfast" }); // "Recorded traces: 2 of 11 fit these cells and were played first; all came to what is recorded.\n"
 * ```
 */
export function renderTraces(traces: readonly TraceResult[], recorded: number, options: TracesOptions): string {
  if (recorded === 0) return "";
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const head = `Recorded traces: ${traces.length} of ${recorded} fit these cells`;
  const different = traces.filter(({ asRecorded }) => !asRecorded);
  // What a message carries beside its step may change with a dependency, and changes no order.
  const elsewhere = traces.filter(({ asRecorded, departure }) => asRecorded && (departure?.how ?? "another message") !== "another message");
  const said =
    traces.length === 0
      ? `${head}.`
      : `${head} and were played first; ${different.length === 0 ? "all came" : `${traces.length - different.length} came`} to what is recorded.`;
  return [
    said,
    ...different.flatMap((trace) => lines("✗", trace, differenceOf(trace), width).map((line) => paint.red(line))),
    ...elsewhere.flatMap((trace) => lines("·", trace, `still ${VERDICT_WORD[trace.verdict]}`, width).map((line) => paint.yellow(line))),
    ...(different.length + elsewhere.length === 0 ? [] : adviceFor(options.command, width)),
    "",
  ].join("\n");
}

function lines(mark: string, { file, departure }: TraceResult, what: string, width: number): string[] {
  const where = departure === null ? "" : ` ${departureLine(departure)}`;
  return hang(`  ${mark} `, `${plain(file)}: ${what}.${where}`, width);
}

function differenceOf({ expect, verdict, error }: TraceResult): string {
  if (error !== null) return plain(`recorded ${VERDICT_WORD[expect]}, now error ${error.code}: ${error.message}`);
  if (expect === verdict) return `recorded ${VERDICT_WORD[expect]}, now ${VERDICT_WORD[verdict]} by another invariant`;
  return `recorded ${VERDICT_WORD[expect]}, now ${VERDICT_WORD[verdict]}`;
}

/** Commands to copy stand on lines of their own, however long they are. */
function adviceFor(command: string, width: number): string[] {
  return [
    ...hang("  ", "To look at one, to write down what it is now, or to search it anew:", width),
    `    ${command} replay FILE`,
    `    ${command} replay FILE --record`,
    `    ${command} run … --record`,
  ];
}
