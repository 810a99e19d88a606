import type { CellReport, CellResult } from "../model/cell.ts";
import type { Departure } from "../model/departure.ts";

/** What may be an object of one's own: a replay string cannot carry it, and `replay` must be given it again. */
export const OWN = ["scenario", "target", "profile"] as const;
export type Own = (typeof OWN)[number];

/** What an exploration, or a replay, came to. */
export interface Report extends CellResult, Omit<CellReport, "result"> {
  /** What was given as an object of one's own, and not by its name. */
  readonly own: readonly Own[];
  /** Where a replay is no longer what was recorded; null where it is, and for an exploration. */
  readonly departure: Departure | null;
}

/** A cell's report as the library hands it out. */
export function reportOf({ result, ...rest }: CellReport, own: readonly Own[], departure: Departure | null = null): Report {
  return { ...result, ...rest, own, departure };
}

/** The inverse of {@link reportOf}, for the renderers. */
export function cellReportOf({ own: _own, departure: _departure, counterexample, ...result }: Report): CellReport {
  return { result, counterexample };
}

/** The line of a test that plays a recorded run again. */
export function replayCall(text: string, own: readonly Own[]): string {
  return own.length === 0 ? `await replay("${text}")` : `await replay("${text}", { ${own.join(", ")} })`;
}
