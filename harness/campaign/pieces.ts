import type { Share } from "../explore/exhaustive.ts";
import type { CellShare } from "../lanes/cell.ts";
import type { CellReport } from "../model/cell.ts";
import type { Part, Stretch } from "../model/part.ts";

/** Something to be done for one cell of a campaign. */
export type Piece = WholePiece | StretchPiece | SharePiece;

/** All of a cell whose search cannot be divided. */
export interface WholePiece {
  readonly kind: "whole";
  /** The number of the cell in the campaign. */
  readonly cell: number;
}

/** Some of the schedules of a cell. */
export interface StretchPiece extends Stretch {
  readonly kind: "stretch";
  readonly cell: number;
}

/** Branches of a cell whose every order of events is searched. */
export interface SharePiece {
  readonly kind: "share";
  readonly cell: number;
  readonly branches: Share["branches"];
}

/** What a piece came to, with a report of what went wrong in it. */
export type PieceResult =
  | { readonly kind: "whole"; readonly cell: number; readonly report: CellReport }
  | { readonly kind: "stretch"; readonly cell: number; readonly part: Part; readonly report: CellReport | null }
  | { readonly kind: "share"; readonly cell: number; readonly share: CellShare; readonly report: CellReport | null };
