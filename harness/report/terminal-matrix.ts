import type { CellReport } from "../model/cell.ts";
import { CUT_OFF, countLegend, type MatrixGroup, type MatrixRow, matrixOf } from "./matrix.ts";
import { type Paint, paintIn } from "./paint.ts";
import { standingOf, verdictWord } from "./words.ts";

export interface TerminalOptions {
  /** ANSI colours; off unless asked for. */
  readonly colour?: boolean;
  /** Characters in a line; default 100. */
  readonly width?: number;
}

/** A piece of a line: its text, and how it is set off once the columns are measured. */
interface Piece {
  readonly text: string;
  readonly style: ((text: string) => string) | null;
}

const GAP = "  ";
/** How a cell stands to its expectation. Shapes, not colours, so that a log file keeps them. */
const MARK = { expected: " ✓", surprise: " ✗ surprise", unstated: "" } as const;

/**
 * The matrix at the end of a run: one table for each scenario, a line for each client and search, a column for each
 * profile, and in each cell the verdict and how many schedules it took. Tables that are too wide are cut into several.
 *
 * @example
 * ```ts
 * renderMatrix(reports, { colour: process.stdout.isTTY });
 * // page-loads-at-expiry (8 loads, no faults, no time moves, simulation, crypto=inline)
 * //   client × isolates            explore  workos     better-auth
 * //   reference/single-flight × 1  fifo     holds 1 ✓  holds 1 ✓
 * //
 * // The number is how many schedules were run, up to the first that breaks an invariant.
 * // ✓ as expected
 * ```
 */
export function renderMatrix(reports: readonly CellReport[], options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const groups = matrixOf(reports);
  const lines = groups.flatMap((group) => [...groupLines(group, options.width ?? 100, paint), ""]);
  return [...lines, ...legend(reports).map((line) => paint.dim(line)), ""].join("\n");
}

function groupLines(group: MatrixGroup, width: number, paint: Paint): string[] {
  const head = ["client × isolates", "explore"];
  const labels = group.rows.map((row) => [`${row.client} × ${row.isolates}`, row.explore]);
  const columns = group.profiles.map((profile, index) => ({ head: profile, cells: group.rows.map((row) => piece(row, index, paint)) }));
  const labelWidths = head.map((title, index) => widest([title, ...labels.map((label) => label[index] ?? "")]));
  const room = width - GAP.length - labelWidths.reduce((sum, each) => sum + each + GAP.length, 0);
  const label = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(labelWidths[index] ?? 0)).join(GAP);

  const lines = [`${paint.bold(group.scenario)}${paint.dim(` (${group.circumstances})`)}`];
  for (const part of fitting(columns, room)) {
    const widths = part.map((column) => widest([column.head, ...column.cells.map(({ text }) => text)]));
    const heads = part.map((column, index) => column.head.padEnd(widths[index] ?? 0)).join(GAP);
    lines.push(paint.bold(`${GAP}${label(head)}${GAP}${heads}`.trimEnd()));
    for (const [row, names] of labels.entries()) {
      const cells = part.map(({ cells }, index) => painted(cells[row], index === part.length - 1 ? 0 : (widths[index] ?? 0)));
      lines.push(`${GAP}${label(names)}${GAP}${cells.join(GAP)}`.trimEnd());
    }
  }
  return lines;
}

function piece(row: MatrixRow, index: number, paint: Paint): Piece {
  const result = row.cells[index]?.result;
  if (result === undefined) return { text: "–", style: paint.dim };
  const standing = standingOf(result);
  const count = result.verdict === "error" ? "" : ` ${result.completeness === "complete" ? result.states : result.schedules}`;
  const text = `${verdictWord(result)}${count}${result.interrupted ? " cut off" : ""}${MARK[standing]}`;
  if (standing === "surprise" || result.verdict === "error") return { text, style: (each) => paint.bold(paint.red(each)) };
  if (result.verdict === "violated") return { text, style: standing === "expected" ? paint.yellow : paint.red };
  return { text, style: result.verdict === "holds" ? paint.green : paint.yellow };
}

/** Padding stays outside of the colour, so that it is measured in characters. */
function painted(piece: Piece | undefined, width: number): string {
  const { text = "", style = null } = piece ?? {};
  return (style?.(text) ?? text) + " ".repeat(Math.max(0, width - text.length));
}

/** Cuts the columns into parts that fit; a part has at least one column. */
function fitting<T extends { readonly head: string; readonly cells: readonly Piece[] }>(columns: readonly T[], room: number): T[][] {
  const parts: T[][] = [];
  let left = 0;
  for (const column of columns) {
    const width = widest([column.head, ...column.cells.map(({ text }) => text)]) + GAP.length;
    const part = parts.at(-1);
    if (part === undefined || width > left + GAP.length) {
      parts.push([column]);
      left = room - width;
    } else {
      part.push(column);
      left -= width;
    }
  }
  return parts;
}

function legend(reports: readonly CellReport[]): string[] {
  const standings = new Set(reports.map(({ result }) => standingOf(result)));
  return [
    ...countLegend(reports),
    ...(standings.has("expected") ? ["✓ as expected"] : []),
    ...(reports.some(({ result }) => result.interrupted) ? [CUT_OFF] : []),
    ...(standings.has("surprise") ? ["✗ surprise: another result was expected"] : []),
  ];
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
