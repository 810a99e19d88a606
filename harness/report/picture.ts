import type { TraceEntry } from "../model/trace.ts";
import { essentialSteps } from "./folding.ts";
import { type Label, parseLabel } from "./label.ts";
import { fatalPresentations, type Presentation, type Reason, splitSentence } from "./reasons.ts";
import { fewOf, moment, naturally, plain } from "./words.ts";

/** Something that happened within a step. */
export interface Note {
  readonly text: string;
  /** Its number in the *because* chain, when it stands there. */
  readonly because: number | null;
}

/** One step as a line of the picture. */
export interface StepRow {
  readonly type: "step";
  readonly step: number;
  /** Where an arrow begins; null when nothing travelled, as with a timer. */
  readonly from: string | null;
  readonly to: string;
  readonly label: Label;
  /** The label as the trace has it. */
  readonly full: string;
  /** The fault that befell the message, for instance `issuer-response-lost`. */
  readonly fault: string | null;
  /** It came to where it was going, all the same. */
  readonly arrives: boolean;
  /** It is one of the two presentations of the same token. */
  readonly fatal: boolean;
  /** The explorer took the choice that FIFO would have taken. */
  readonly fifo: boolean;
  readonly notes: readonly Note[];
}

/** The clock moved, and stands at `at` virtual milliseconds since the run began. */
export interface ClockRow {
  readonly type: "clock";
  /** The step in which it moved; null when the trace has none for it. */
  readonly step: number | null;
  /** See {@link StepRow.fifo}. */
  readonly fifo: boolean;
  readonly at: number;
  readonly text: string;
}

/** Steps that are not shown. */
export interface FoldRow {
  readonly type: "fold";
  readonly first: number;
  readonly last: number;
  readonly steps: number;
  /** The pieces of work that they belong to. */
  readonly tasks: readonly string[];
}

export type PictureRow = StepRow | ClockRow | FoldRow;

/** A trace as lanes and lines, before it becomes text or SVG. */
export interface Picture {
  /** Browsers, then isolates or the app, then the issuer, then whoever else there is. */
  readonly lanes: readonly string[];
  readonly rows: readonly PictureRow[];
}

/**
 * Lays a trace out. With `fold`, the steps that the *because* does not need become one line for each stretch.
 *
 * @example
 * ```ts
 * pictureOf(trace, reasonsOf(chains), { fold: true }).lanes; // ["ada", "isolate-1", "isolate-2", "issuer"]
 * ```
 */
export function pictureOf(trace: readonly TraceEntry[], reasons: readonly Reason[], { fold }: { readonly fold: boolean }): Picture {
  const fatal = arrivalsOf(trace, fatalPresentations(reasons));
  const shown = fold ? essentialSteps(trace, reasons, fatal) : null;
  const rows = rowsOf(trace, (entry) => (shown === null || shown.has(entry.step) ? stepRow(entry, reasons, fatal) : null));
  const actors = rows.flatMap((row) => (row.type === "step" ? (row.from === null ? [row.to] : [row.from, row.to]) : []));
  return { lanes: [...new Set(actors)].sort(byRole), rows };
}

/** The step in which each presentation arrives at the issuer, or meets its fault on the way. */
function arrivalsOf(trace: readonly TraceEntry[], presentations: readonly Presentation[]): ReadonlySet<number> {
  const arrivals = presentations.map(({ step, isolate, isCopy, token, load }) =>
    trace.find((entry) => {
      const { task, tokens } = parseLabel(entry.label);
      return entry.step >= (isCopy ? step : step + 1) && entry.from === isolate && task === load && tokens.includes(token);
    }),
  );
  return new Set(arrivals.flatMap((entry) => (entry === undefined ? [] : [entry.step])));
}

function rowsOf(trace: readonly TraceEntry[], show: (entry: TraceEntry) => StepRow | null): PictureRow[] {
  const rows: PictureRow[] = [];
  let clock = 0;
  let moved: TraceEntry | null = null;
  let folded: TraceEntry[] = [];
  const endFold = () => {
    const [before, last] = rows.slice(-2);
    // A move of the clock between two stretches that nobody sees is not worth two lines more.
    if (folded.length > 0 && before?.type === "fold" && last?.type === "clock") rows.splice(-2, 2, joined(before, foldRow(folded)));
    else if (folded.length > 0) rows.push(foldRow(folded));
    folded = [];
  };
  for (const entry of trace) {
    if (entry.at !== clock) {
      endFold();
      clock = entry.at;
      rows.push(clockRow(clock, moved));
      moved = null;
    }
    if (entry.kind === "time") moved = entry;
    // The timers of the script are how a scenario waits; the line of the clock says it already.
    if (entry.kind === "time" || entry.to === "script") continue;
    const row = show(entry);
    if (row === null) {
      folded.push(entry);
      continue;
    }
    endFold();
    rows.push(row);
  }
  endFold();
  return rows;
}

function clockRow(at: number, moved: TraceEntry | null): ClockRow {
  return { type: "clock", step: moved?.step ?? null, fifo: moved === null || moved.choice === 0, at, text: plain(moved?.label ?? "") };
}

function joined(a: FoldRow, b: FoldRow): FoldRow {
  return { ...a, last: b.last, steps: a.steps + b.steps, tasks: [...new Set([...a.tasks, ...b.tasks])] };
}

function foldRow(entries: readonly TraceEntry[]): FoldRow {
  const tasks = entries.flatMap((entry) => parseLabel(plain(entry.label)).task ?? []);
  return {
    type: "fold",
    first: entries[0]?.step ?? 0,
    last: entries.at(-1)?.step ?? 0,
    steps: entries.length,
    tasks: [...new Set(tasks)],
  };
}

function stepRow(entry: TraceEntry, reasons: readonly Reason[], fatal: ReadonlySet<number>): StepRow {
  const fault = entry.kind.startsWith("fault:") ? plain(entry.kind.slice("fault:".length)) : null;
  return {
    type: "step",
    step: entry.step,
    from: entry.from === null ? null : plain(entry.from),
    to: plain(entry.to),
    label: parseLabel(plain(entry.label)),
    full: plain(entry.label),
    fault,
    arrives: fault === null || fault.endsWith("-duplicated"),
    fatal: fatal.has(entry.step),
    fifo: entry.choice === 0,
    notes: notesOf(entry, reasons),
  };
}

/** What the trace tells of a step, and what only the *because* tells of it. */
function notesOf(entry: TraceEntry, reasons: readonly Reason[]): Note[] {
  const own = reasons.filter((reason) => reason.step === entry.step);
  const told = entry.events.map((event) => splitSentence(event).text);
  const untold = own.filter((reason) => !told.includes(reason.text)).map((reason) => reason.text);
  return [...told, ...untold].map((text) => ({
    text: plain(text),
    because: own.find((reason) => reason.text === text)?.number ?? null,
  }));
}

/** Browsers stay in order of appearance, since nothing in their names says which comes first. */
function byRole(a: string, b: string): number {
  const difference = roleOf(a) - roleOf(b);
  return difference !== 0 || roleOf(a) === 0 ? difference : naturally(a, b);
}

function roleOf(actor: string): number {
  if (/^(isolate-(\d+|any)|app)$/.test(actor)) return 1;
  return actor === "issuer" ? 2 : /^(database|store)/.test(actor) ? 3 : 0;
}

/** What stands in the place of steps that are not shown, for instance `steps 25–30 not shown: ada/load-3 to ada/load-8`. */
export function foldText({ first, last, tasks }: FoldRow): string {
  const steps = first === last ? `step ${first}` : `steps ${first}–${last}`;
  return `${steps} not shown${tasks.length === 0 ? "" : `: ${fewOf(tasks, 4)}`}`;
}

/** What stands where the clock moved, for instance `+301.0 s  time passes: 301 s`. */
export function clockText({ at, text }: ClockRow): string {
  return `${moment(at)}${text === "" ? "" : `  ${text}`}`;
}
