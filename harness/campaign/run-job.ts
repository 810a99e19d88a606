import { joined, runCell, runPart, runShare } from "../lanes/cell.ts";
import type { Cell } from "../lanes/search-cell.ts";
import { shrinkPart, shrinkReport } from "../lanes/shrink-report.ts";
import { cellOf } from "../library/registry.ts";
import type { CellReport, CellSpec } from "../model/cell.ts";
import type { Part } from "../model/part.ts";
import type { Piece, PieceResult, SharePiece, StretchPiece } from "./pieces.ts";

/** A job as whoever runs it gets it. */
export interface JobOrder {
  readonly pieces: readonly OrderedPiece[];
  /** Real milliseconds after which the rest is left to others. */
  readonly limit: number;
}

export interface OrderedPiece {
  readonly piece: Piece;
  readonly spec: CellSpec;
  /** Of a share: keys of states that others have found. */
  readonly known: readonly string[];
}

/** What a job came to. What was not done stands in `rest`: results and rest are the whole job. */
export interface JobOutcome {
  readonly results: readonly PieceResult[];
  readonly rest: readonly Piece[];
  /** Schedules run. */
  readonly schedules: number;
}

/** Who waits for a job. */
export interface JobWatch {
  /** Somebody wants it back. */
  isStopped(): boolean;
  /** Told after each schedule. */
  onRun(): void;
}

/**
 * Runs the pieces of a job one after another, as far as its time goes. A stretch and a share can be left anywhere; a whole cell is run
 * to its end, or not at all where somebody stops it.
 */
export async function runJob({ pieces, limit }: JobOrder, { isStopped, onRun }: JobWatch): Promise<JobOutcome> {
  const began = performance.now();
  const results: PieceResult[] = [];
  const rest: Piece[] = [];
  let schedules = 0;
  const isOver = () => {
    onRun();
    return isStopped() || performance.now() - began > limit;
  };
  for (const { piece, spec, known } of pieces) {
    if (isStopped() || (results.length > 0 && isOver())) {
      rest.push(piece);
      continue;
    }
    const cell = await cellOf(spec);
    const { result, left } =
      piece.kind === "whole"
        ? await runWhole(cell, piece.cell, isStopped, onRun)
        : piece.kind === "stretch"
          ? await runStretch(cell, piece, isOver, onRun)
          : await runBranches(cell, piece, known, isOver, onRun);
    if (result !== null) {
      results.push(result);
      schedules += schedulesOf(result);
    }
    if (left !== null) rest.push(left);
  }
  return { results, rest, schedules };
}

/** Schedules that a result tells of. */
export function schedulesOf(result: PieceResult): number {
  if (result.kind === "whole") return result.report.result.schedules;
  return result.kind === "stretch" ? result.part.schedules : result.share.part.schedules;
}

interface Ran {
  readonly result: PieceResult | null;
  readonly left: Piece | null;
}

async function runWhole(cell: Cell, number: number, isStopped: () => boolean, onRun: () => void): Promise<Ran> {
  const report = await runCell(cell, { isStopped, onProgress: onRun });
  if (report.result.interrupted) return { result: null, left: { kind: "whole", cell: number } };
  return { result: { kind: "whole", cell: number, report: await shrinkReport(cell, report, onRun) }, left: null };
}

async function runStretch(cell: Cell, piece: StretchPiece, isOver: () => boolean, onRun: () => void): Promise<Ran> {
  let asked = 0;
  const part = await runPart(cell, piece, { isStopped: () => asked++ > 0 && isOver() });
  const end = piece.from + piece.schedules;
  const from = piece.from + part.schedules;
  const left = part.interrupted && from < end ? { ...piece, from, schedules: end - from } : null;
  const done = await shrinkPart(cell, { ...part, interrupted: false }, onRun);
  return { result: { kind: "stretch", cell: piece.cell, part: done, report: failureIn(cell, done) }, left };
}

async function runBranches(
  cell: Cell,
  piece: SharePiece,
  known: readonly string[],
  isOver: () => boolean,
  onRun: () => void,
): Promise<Ran> {
  const share = await runShare(cell, { branches: piece.branches, known: new Set(known) }, isOver);
  const part = await shrinkPart(cell, share.part, onRun);
  // What is decided needs no more branches.
  const isDecided = part.error !== null || part.failure?.verdict === "violated";
  const left = isDecided || share.left.length === 0 ? null : { ...piece, branches: share.left };
  const result = { kind: "share", cell: piece.cell, share: { ...share, left: [], part }, report: failureIn(cell, part) } as const;
  return { result, left };
}

/** What people are shown of a part in which something went wrong. */
function failureIn(cell: Cell, part: Part): CellReport | null {
  return part.failure === null ? null : joined(cell, [{ ...part, from: 0 }]);
}
