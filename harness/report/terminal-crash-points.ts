import type { CellReport } from "../model/cell.ts";
import { crashedScenarios, crashSentence } from "./crash-points.ts";
import { paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { hang } from "./wrap.ts";

/**
 * At which statements faults have struck, and how many kinds of them: a line for each request. Empty where no cell had any.
 *
 * @example
 * ```ts
 * renderCrashPoints(reports);
 * // Crash points of every-request: 3, and every one was tried (answer-lost, statement-lost)
 * //   ada/revocation  begin 1, commit 2
 * ```
 */
export function renderCrashPoints(reports: readonly CellReport[], options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  return crashedScenarios(reports.map(({ result }) => result))
    .flatMap((crashed) => [
      ...hang("", crashSentence(crashed), width).map((line) => paint.bold(line)),
      ...crashed.requests.flatMap(({ request, statements }) =>
        hang(`  ${request}  `, statements.map(({ statement, faults }) => `${statement} ${faults}`).join(", "), width),
      ),
      "",
    ])
    .map((line) => `${line}\n`)
    .join("");
}
