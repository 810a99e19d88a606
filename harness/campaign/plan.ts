import type { Piece, StretchPiece } from "./pieces.ts";

/** A cell, and what is known of it before it is searched. */
export interface Sized {
  readonly cell: number;
  readonly kind: Piece["kind"];
  readonly schedules: number;
  /** What one schedule takes, in milliseconds of one core. */
  readonly pace: number;
}

export interface PlanOptions {
  /** How long a job should take. */
  readonly seconds: number;
  /** Exactly so many schedules a job, and one piece, whatever they take. */
  readonly schedulesPerJob: number | null;
}

/**
 * Jobs of about the same length, each a list of pieces: long cells are cut, short ones put together. A search of every order of events
 * begins as one job, since nobody knows how long it is; it is shared while it runs.
 */
export function planned(cells: readonly Sized[], { seconds, schedulesPerJob }: PlanOptions): readonly (readonly Piece[])[] {
  const jobs: (readonly Piece[])[] = [];
  let open: Piece[] = [];
  let room = seconds * 1000;
  const close = () => {
    if (open.length > 0) jobs.push(open);
    open = [];
    room = seconds * 1000;
  };
  for (const { cell, kind, schedules, pace } of cells) {
    if (kind === "share") {
      jobs.push([{ kind, cell, branches: [[]] }]);
      continue;
    }
    const most = schedulesPerJob ?? Math.max(1, Math.floor((seconds * 1000) / pace));
    const pieces = kind === "whole" ? [{ kind, cell } as const] : stretches(cell, 0, schedules, most);
    for (const piece of pieces) {
      const cost = (piece.kind === "stretch" ? piece.schedules : schedules) * pace;
      if (cost > room || schedulesPerJob !== null) close();
      open.push(piece);
      room -= cost;
    }
  }
  close();
  return jobs;
}

/** Schedules of a cell in as few stretches as there have to be, all about as long. */
function stretches(cell: number, from: number, schedules: number, most: number): readonly StretchPiece[] {
  const count = Math.max(1, Math.ceil(schedules / most));
  const cut = (index: number) => from + Math.round((index * schedules) / count);
  return Array.from({ length: count }, (_, index) => ({
    ...({ kind: "stretch", cell, from: cut(index) } as const),
    schedules: cut(index + 1) - cut(index),
  }));
}

/**
 * What a job has left, as jobs: stretches by the pace that it has had, and the branches of a search in as many as there are workers to
 * take them.
 *
 * @param done schedules that took so many milliseconds
 * @param hands workers that have nothing else to do
 */
export function replanned(
  rest: readonly Piece[],
  done: { readonly schedules: number; readonly milliseconds: number },
  { seconds, schedulesPerJob }: PlanOptions,
  hands: number,
): readonly (readonly Piece[])[] {
  const pace = done.schedules === 0 ? null : done.milliseconds / done.schedules;
  const most = schedulesPerJob ?? (pace === null || pace === 0 ? null : Math.max(1, Math.floor((seconds * 1000) / pace)));
  const [alone, together] = [[] as (readonly Piece[])[], [] as Piece[]];
  for (const piece of rest) {
    if (piece.kind === "share") alone.push(...dealt(piece.branches, hands).map((branches) => [{ ...piece, branches }]));
    else if (piece.kind === "stretch" && most !== null && piece.schedules > most) {
      alone.push(...stretches(piece.cell, piece.from, piece.schedules, most).map((stretch) => [stretch]));
    } else together.push(piece);
  }
  return together.length === 0 ? alone : [...alone, together];
}

/** In so many hands, as even as can be; each gets some that were found early, whose subtrees are large. */
function dealt<T>(all: readonly T[], hands: number): readonly (readonly T[])[] {
  const count = Math.max(1, Math.min(hands, all.length));
  return Array.from({ length: count }, (_, hand) => all.filter((_each, index) => index % count === hand));
}
