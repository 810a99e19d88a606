import type { CellResult } from "./cell.ts";

/** What a cell came to when the baseline was written. */
export type CellBaseline = Pick<CellResult, "verdict" | "completeness" | "states"> & {
  /** The invariants that it broke, or that could not be had. */
  readonly broken: readonly string[];
};

/** What a gate compares with: the file that `holdfast gate --update` writes. */
export interface Baseline {
  readonly version: 1;
  /** By the name of the cell. */
  readonly cells: Readonly<Record<string, CellBaseline>>;
  /** The ids of the known bugs that the catalogue found; null where nobody ran it. */
  readonly found: readonly string[] | null;
}

/** One way in which a result is worse than the baseline, and the cell or the known bug that shows it. */
export interface Fall {
  readonly kind: FallKind;
  readonly what: string;
  /** What it was, and what it is now. */
  readonly how: string;
}

/**
 * - `new-violation`: a cell breaks an invariant that it did not break.
 * - `lost-session`: what a cell kept cannot be had any more.
 * - `error`: the harness cannot vouch for the cell any more.
 * - `no-proof`: what was proved is held only for some orders now.
 * - `coverage`: a search that is not complete passed through fewer states, by more than a tenth.
 * - `not-run`: a cell of the baseline is not among the results.
 * - `trace`: a recorded trace does not come to what was recorded, and does not hold either, or cannot be played.
 * - `recall`: a known bug is found no more.
 * - `false-alarm`: something correct is called broken.
 */
export type FallKind =
  | "new-violation"
  | "lost-session"
  | "error"
  | "no-proof"
  | "coverage"
  | "not-run"
  | "trace"
  | "recall"
  | "false-alarm";
