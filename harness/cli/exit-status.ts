import type { CellResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";

/** The contract of the command line (see the README). */
export type ExitStatus = 0 | 1 | 2 | 3;

/** What an exit status is made of. */
export type Judged = Pick<CellResult, "verdict" | "expect" | "error">;

/**
 * What a run's cells mean for the process: a cell that the harness cannot vouch for outweighs a surprise, and a surprise
 * outweighs success. A cell with an expectation surprises by differing from it, one without by being violated.
 */
export function exitStatus(results: readonly Judged[]): ExitStatus {
  const failures = results.flatMap(({ error }) =>
    error === null ? [] : [new HoldfastError(error.code, error.message, error.hint).exitStatus],
  );
  if (failures.length > 0) return failures.includes(2) ? 2 : 3;
  return results.some(isSurprise) ? 1 : 0;
}

/** True when a result is not what was expected, or is a violation that nobody expected. */
function isSurprise({ verdict, expect }: Judged): boolean {
  return expect === null ? verdict === "violated" : verdict !== expect;
}
