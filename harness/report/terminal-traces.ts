import type { TraceResult } from "../model/cell.ts";
import { paintIn } from "./paint.ts";
import { departureLine } from "./terminal-departure.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { counted, plain, VERDICT_WORD } from "./words.ts";
import { hang } from "./wrap.ts";

/**
 * What came of the recorded traces that fit the cells: one line where all came to what was recorded, and a few for each that did not,
 * or that went another way. Empty where nothing is recorded.
 *
 * @param recorded how many there are in all
 * @example
 * ```ts
 * renderTraces(traces, 11); // "Recorded traces: 2 of 11 fit these cells and were played first; all came to what is recorded.\n"
 * ```
 */
export function renderTraces(traces: readonly TraceResult[], recorded: number, options: TerminalOptions = {}): string {
  if (recorded === 0) return "";
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const head = `Recorded traces: ${traces.length} of ${recorded} fit these cells`;
  const different = traces.filter(({ asRecorded }) => !asRecorded);
  const elsewhere = traces.filter(({ asRecorded, departure }) => asRecorded && departure !== null);
  const said =
    traces.length === 0
      ? `${head}.`
      : `${head} and were played first; ${different.length === 0 ? "all came" : `${traces.length - different.length} came`} to what is recorded.`;
  return [
    said,
    ...different.flatMap((trace) => lines("✗", trace, differenceOf(trace), width).map((line) => paint.red(line))),
    ...elsewhere.flatMap((trace) => lines("·", trace, `still ${VERDICT_WORD[trace.verdict]}`, width).map((line) => paint.yellow(line))),
    ...(different.length + elsewhere.length === 0 ? [] : hang("  ", adviceFor(different, elsewhere), width)),
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

function adviceFor(different: readonly TraceResult[], elsewhere: readonly TraceResult[]): string {
  const which = different.length === 0 ? counted(elsewhere.length, "trace") : "a trace";
  return `Look at ${which} with \`holdfast replay FILE\`; \`holdfast replay FILE --record\` writes down what it is now; \`holdfast run … --record\` searches it anew.`;
}
