import { arrowText, shorten } from "./label.ts";
import type { Picture, StepRow } from "./picture.ts";

/** Where the lanes stand, in characters. */
export interface Lanes {
  readonly names: readonly string[];
  readonly spacing: number;
  readonly start: number;
  readonly width: number;
}

/** Closer lanes leave no room for a token on an arrow. */
const LEAST_SPACING = 20;
const MOST_SPACING = 40;
/** The arrow's own strokes and head around its text. */
const STROKES = 6;
const WHOLE = Number.POSITIVE_INFINITY;

/** Places the lanes in at most `room` characters; null when they would be too close to read. */
export function placeLanes({ lanes, rows }: Picture, room: number): Lanes | null {
  const [first = "", last = ""] = [lanes[0], lanes.at(-1)];
  const margins = Math.ceil(first.length / 2) + Math.ceil(last.length / 2);
  const gaps = Math.max(1, lanes.length - 1);
  const available = Math.floor((room - margins) / gaps);
  const wanted = rows.flatMap((row) =>
    row.type === "step" && row.from !== null ? [arrowText(row.label, MOST_SPACING - STROKES).length + STROKES] : [],
  );
  const spacing = Math.min(available, MOST_SPACING, Math.max(LEAST_SPACING, ...wanted));
  if (spacing < LEAST_SPACING) return null;
  const start = Math.floor(first.length / 2);
  return { names: lanes, spacing, start, width: margins + spacing * (lanes.length - 1) + 1 };
}

function at(lanes: Lanes, actor: string): number {
  return lanes.start + lanes.spacing * lanes.names.indexOf(actor);
}

/** The line above the lanes: who each of them is. */
export function headLine(lanes: Lanes): string {
  const line = new Array<string>(lanes.width).fill(" ");
  for (const name of lanes.names) {
    const room = lanes.spacing - 2;
    put(line, at(lanes, name) - Math.floor(Math.min(name.length, room) / 2), shorten(name, room));
  }
  return line.join("").trimEnd();
}

/** The lanes alone, as they run on beside a note. */
function lifelines(lanes: Lanes): string[] {
  const line = new Array<string>(lanes.width).fill(" ");
  for (const name of lanes.names) put(line, at(lanes, name), "│");
  return line;
}

/** One step across the lanes: `├──GET / [RT F1.g0]──▶`, heavy strokes for a fatal one, `╳` where a fault stopped it. */
export function stepLine(lanes: Lanes, row: StepRow): string {
  const line = lifelines(lanes);
  if (row.from === null || row.from === row.to) {
    put(line, at(lanes, row.to), "●");
    const text = arrowText(row.label, WHOLE);
    const place = Math.max(0, Math.min(at(lanes, row.to) + 2, lanes.width - text.length));
    put(line, place, text);
    return line.join("").trimEnd();
  }
  const [from, to] = [at(lanes, row.from), at(lanes, row.to)];
  const rightwards = from < to;
  const [left, right] = rightwards ? [from, to] : [to, from];
  const stroke = row.fatal ? "━" : "─";
  for (let index = left + 1; index < right; index++) line[index] = line[index] === "│" ? (row.fatal ? "┿" : "┼") : stroke;
  put(line, from, rightwards ? (row.fatal ? "┝" : "├") : row.fatal ? "┥" : "┤");
  put(line, rightwards ? right - 1 : left + 1, !row.arrives ? "╳" : rightwards ? "▶" : "◀");
  // Between two neighbours the text stands in the middle; on a longer way it stays beside its sender, clear of the lanes crossed.
  const room = lanes.spacing - STROKES + 1;
  const text = arrowText(row.label, room);
  const middle = Math.floor((lanes.spacing - text.length) / 2);
  put(line, rightwards ? from + middle : from - lanes.spacing + middle + ((lanes.spacing - text.length) % 2), text);
  return line.join("").trimEnd();
}

/** A narrower note is harder to read than a lane that stops. */
const LEAST_NOTE = 48;

/** How long a line of a note may be: up to the last lane, which then runs on beside it, where that is room enough. */
export function noteRoom(lanes: Lanes, width: number): number {
  const available = width - noteStart(lanes);
  const beside = lanes.spacing * (lanes.names.length - 1) - 3;
  return beside < LEAST_NOTE ? available : Math.min(beside, available);
}

function noteStart(lanes: Lanes): number {
  return lanes.start + 2;
}

/** A note below its step: it takes the place of the lanes that it covers. */
export function noteLine(lanes: Lanes, text: string): string {
  const line = lifelines(lanes);
  const start = noteStart(lanes);
  const end = start + text.length;
  for (let index = line.length; index <= end; index++) line.push(" ");
  put(line, start, text);
  line[end] = " ";
  return line.join("").trimEnd();
}

/** Writes a text over a line. */
function put(line: string[], start: number, text: string): void {
  for (const [offset, character] of [...text].entries()) line[start + offset] = character;
}
