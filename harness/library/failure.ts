import { CATALOGUE } from "../lanes/catalogue.ts";
import { renderCounterexample, renderErrors } from "../report/index.ts";
import { departureLine } from "../report/terminal-departure.ts";
import { cellReportOf, type Report, replayCall } from "./report.ts";

/** How somebody who has installed Holdfast calls it. */
const COMMAND = "npx holdfast";

/**
 * What a person needs to see of a report that is not what a test expected: what happened in short, why, the steps that lead there with a
 * column for each actor, and the line that plays it again; or the error, and what to do.
 *
 * @param expectation what was expected and what came, in one line
 */
export function failure(expectation: string, report: Report): string {
  const cell = cellReportOf(report);
  const counterexample = renderCounterexample(cell, {
    command: COMMAND,
    explain: (invariant) => CATALOGUE.invariants.find(({ name }) => name === invariant)?.describe,
    ...(report.own.length === 0 ? {} : { playAgain: (text) => replayCall(text, report.own) }),
  });
  const departed = report.departure === null ? "" : departureLine(report.departure);
  return [expectation, counterexample, departed, renderErrors([cell])]
    .filter((part) => part !== "")
    .join("\n\n")
    .trimEnd();
}
