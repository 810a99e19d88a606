import type { CellResult, TraceResult } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";

/** Somebody stopped it: with Ctrl-C, or with SIGTERM. */
export type Interrupted = 130 | 143;

/** The contract of the command line (see the README). */
export type ExitStatus = 0 | 1 | 2 | 3 | Interrupted;

/** What an exit status is made of. */
export type Judged = Pick<CellResult, "verdict" | "expect" | "error">;

/**
 * What a run's cells mean for the process: a cell that the harness cannot vouch for outweighs a surprise, and a surprise
 * outweighs success. A cell with an expectation surprises by differing from it, one without by being violated.
 */
export function exitStatus(results: readonly Judged[]): 0 | 1 | 2 | 3 {
  const failure = statusOf(results.map(({ error }) => error));
  return failure === 0 && results.some(isSurprise) ? 1 : failure;
}

/** The default cells show what they are expected to show, and so do the traces of them. Of cells that are described nobody expects anything. */
export function judgedTrace({ verdict, expect, asRecorded, error }: TraceResult, whole: boolean): Judged {
  if (!whole) return { verdict, expect: null, error };
  return { verdict, expect: asRecorded ? verdict : expect === verdict ? "holds" : expect, error };
}

/** What errors of the harness itself mean for the process, null being none. */
export function statusOf(errors: readonly CellResult["error"][]): 0 | 2 | 3 {
  const failures = errors.flatMap((error) => (error === null ? [] : [new HoldfastError(error.code, error.message, error.hint).exitStatus]));
  if (failures.length === 0) return 0;
  return failures.includes(2) ? 2 : 3;
}

/** True when a result is not what was expected, or is a violation that nobody expected. */
function isSurprise({ verdict, expect }: Judged): boolean {
  return expect === null ? verdict === "violated" : verdict !== expect;
}
