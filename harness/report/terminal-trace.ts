import type { TraceEntry } from "../model/trace.ts";
import { beyondFifo } from "./choices.ts";
import { type Paint, paintIn } from "./paint.ts";
import { type ClockRow, clockText, foldText, type Picture, type PictureRow, pictureOf, type StepRow } from "./picture.ts";
import type { Reason } from "./reasons.ts";
import { headLine, type Lanes, noteLine, noteRoom, placeLanes, stepLine } from "./terminal-lanes.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { hang } from "./wrap.ts";

export interface TraceOptions extends TerminalOptions {
  /** Shows every step, where by default those that the *because* does not need are folded. */
  readonly everyStep?: boolean;
  /** The trace leads to a limit of the issuer, not to a bug: nothing in it is alarming. */
  readonly limit?: boolean;
  /** The reasons to mark in it, and to fold by. */
  readonly because?: readonly Reason[];
}

/** Default width in characters: a trace has more to say than a matrix. */
export const TRACE_WIDTH = 120;

/**
 * A run as text, with a column for each actor: every step, or with `because` those that it needs.
 *
 * @example
 * ```ts
 * renderTrace(replayed.trace, { everyStep: true });
 * ```
 */
export function renderTrace(trace: readonly TraceEntry[], options: TraceOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? TRACE_WIDTH;
  const picture = pictureOf(trace, options.because ?? [], { fold: !(options.everyStep ?? false) });
  if (picture.rows.length === 0) return "";
  const gutter = gutterOf(picture);
  const lanes = placeLanes(picture, width - gutter.width);
  const head = lanes === null ? [] : [paint.bold(" ".repeat(gutter.width) + headLine(lanes))];
  const alarm = options.limit ? paint.yellow : paint.red;
  const lines = picture.rows.flatMap((row) => rowLines(row, lanes, gutter, width, { ...paint, red: alarm }));
  const notes = legend(picture).flatMap((line) => hang("", line, width));
  const beyond = beyondFifo(trace);
  const choices = [...(beyond.head === "" ? [] : hang("", beyond.head, width)), ...beyond.lines.flatMap((line) => hang("  ", line, width))];
  return [...head, ...lines, "", ...notes.map((line) => paint.dim(line)), ...(choices.length === 0 ? [] : ["", ...choices]), ""].join("\n");
}

/** The columns left of the lanes: the step, whether it departs from FIFO, and the piece of work. */
interface Gutter {
  readonly step: number;
  readonly task: number;
  readonly width: number;
}

function gutterOf({ rows }: Picture): Gutter {
  const steps = rows.filter((row) => row.type === "step");
  const numbers = rows.flatMap((row) => (row.type === "fold" ? [] : (row.step ?? [])));
  const step = Math.max(4, ...numbers.map((number) => String(number).length + 2));
  const task = Math.max(0, ...steps.map((row) => row.label.task?.length ?? 0));
  return { step, task, width: step + 1 + 2 + task + 2 };
}

function rowLines(row: PictureRow, lanes: Lanes | null, gutter: Gutter, width: number, paint: Paint): string[] {
  const indent = " ".repeat(gutter.width);
  const room = lanes === null ? width - gutter.width - 2 : noteRoom(lanes, width - gutter.width);
  switch (row.type) {
    case "clock": {
      const line = `${numberOf(row, gutter)} ── ${clockText(row)} `;
      return [paint.dim(line.padEnd(gutter.width + (lanes?.width ?? 40), "─"))];
    }
    case "fold": {
      const lines = hang("⋯ ", foldText(row), room);
      return lines.map((line) => paint.dim(indent + (lanes === null ? line : noteLine(lanes, line))));
    }
    case "step": {
      const head = `${numberOf(row, gutter)}  ${(row.label.task ?? "").padEnd(gutter.task)}  `;
      const arrow = lanes === null ? compactLine(row) : stepLine(lanes, row);
      return [head + (row.fatal ? paint.bold(paint.red(arrow)) : arrow), ...noteLines(row, lanes, indent, room, paint)];
    }
  }
}

/** A step's number, with a mark if it departs from FIFO. */
function numberOf({ step, fifo }: StepRow | ClockRow, gutter: Gutter): string {
  return `${String(step ?? "").padStart(gutter.step)}${fifo ? " " : "*"}`;
}

/** A step without lanes, where there are too many actors for columns. */
function compactLine({ from, to, full, arrives, fatal }: StepRow): string {
  const stroke = fatal ? "━━" : "──";
  return `${from === null ? "●" : `${from} ${stroke}${arrives ? "▶" : "╳"}`} ${to}  ${full}`;
}

function noteLines({ notes, fault }: StepRow, lanes: Lanes | null, indent: string, room: number, paint: Paint): string[] {
  const fallback = fault !== null && notes.length === 0 ? [{ text: `fault ${fault}`, because: null }] : notes;
  return fallback.flatMap(({ text, because }) =>
    hang(because === null ? "  · " : `(${because}) `, text, room).map((line) => {
      const painted = indent + (lanes === null ? `  ${line}` : noteLine(lanes, line));
      return because === null ? painted : paint.yellow(painted);
    }),
  );
}

function legend({ rows }: Picture): string[] {
  const steps = rows.filter((row) => row.type === "step");
  const carries = steps.some((row) => row.label.tokens.some((token) => token.startsWith("RT ")));
  return [
    "Each numbered line is one step: a message arrives or time passes, and all that it sets off at once happens.",
    ...(carries ? ["RT F1.g0 is the first refresh token of sign-in F1; each refresh makes the next generation: g1, g2."] : []),
    ...(steps.some((row) => row.fatal) ? ["━━▶ is the same refresh token, on its way to the issuer more than once."] : []),
  ];
}
