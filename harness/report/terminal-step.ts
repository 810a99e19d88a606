import type { StateView } from "../model/state-view.ts";
import type { TraceEntry } from "../model/trace.ts";
import { parseLabel } from "./label.ts";
import { type Paint, paintIn } from "./paint.ts";
import { type Reason, splitSentence } from "./reasons.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { TRACE_WIDTH } from "./terminal-trace.ts";
import { moment, plain } from "./words.ts";
import { hang } from "./wrap.ts";

/** A moment of a run: the step that led to it, and how things stand then. */
export interface Moment {
  /** Null at the start. */
  readonly entry: TraceEntry | null;
  readonly state: StateView;
}

export interface StepOptions extends TerminalOptions {
  /** How many steps the run has. */
  readonly of: number;
  /** The *because* chain, whose numbers mark what happens. */
  readonly because: readonly Reason[];
  /** What the run took next, an index into `state.next`; null at its end. */
  readonly taken: number | null;
}

/** More pending operations than this are counted. */
const PENDING = 8;

/**
 * One moment of a run: what happened, and below it how things stand: jars, isolates, the issuer's families, the store, and what can
 * happen next.
 *
 * @example
 * ```ts
 * renderStep(moment, { of: 30, because: [], taken: 1 });
 * ```
 */
export function renderStep({ entry, state }: Moment, options: StepOptions): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? TRACE_WIDTH;
  const lines = [paint.bold(`Step ${state.steps} of ${options.of}`) + paint.dim(`  ${moment(state.at)}`)];
  if (entry !== null) lines.push(...happened(entry, options.because, width, paint));
  lines.push(
    "",
    ...row("jars", jarsOf(state), width, paint),
    ...row("isolates", isolatesOf(state), width, paint),
    ...row("issuer", familiesOf(state), width, paint),
    ...(state.stored.length === 0 ? [] : row("store", [state.stored.join(", ")], width, paint)),
    ...row("next", nextOf(state, options.taken), width, paint),
    "",
  );
  return lines.join("\n");
}

function happened(entry: TraceEntry, because: readonly Reason[], width: number, paint: Paint): string[] {
  const { kind, from, to, label, choice, of, events, instead } = entry;
  const fault = kind.startsWith("fault:") ? `${kind.slice("fault:".length)} ╳ ` : "";
  const route = to === "clock" ? "" : from === null ? `  ● ${to}` : `  ${from} → ${to}`;
  const other =
    instead === undefined
      ? `choice ${choice + 1} of ${of}: FIFO would have taken the first`
      : `FIFO would have taken: ${plain(instead.label)} → ${instead.to}`;
  const own = because.filter((reason) => reason.step === entry.step);
  const told = events.map((event) => splitSentence(event).text);
  const sentences = [...told, ...own.map(({ text }) => text).filter((text) => !told.includes(text))];
  return [
    ...hang("  ", plain(`${fault}${label}${route}`), width),
    ...(choice === 0 ? [] : hang("  * ", other, width)),
    ...sentences.flatMap((text) => {
      const number = own.find((reason) => reason.text === text)?.number;
      const lines = hang(number === undefined ? "  · " : `  (${number}) `, plain(text), width);
      return number === undefined ? lines : lines.map((line) => paint.yellow(line));
    }),
  ];
}

function row(name: string, items: readonly string[], width: number, paint: Paint): string[] {
  const head = name.padEnd(10);
  const lines = (items.length === 0 ? ["–"] : items).flatMap((item) => hang(" ".repeat(head.length + 2), plain(item), width));
  return lines.map((line, index) => (index === 0 ? `  ${paint.dim(head)}${line.slice(head.length + 2)}` : line));
}

function jarsOf({ jars }: StateView): string[] {
  return [jars.map(({ jar, holds }) => `${jar}: ${holds ?? "no session"}`).join("   ")];
}

function isolatesOf({ isolates }: StateView): string[] {
  return isolates.map(({ name, isCold, serves }) => {
    const work = serves.length === 0 ? "idle" : `awaited by ${serves.join(", ")}`;
    return `${name}: ${isCold ? "dead, starts cold" : work}`;
  });
}

function familiesOf({ families }: StateView): string[] {
  return families.map(({ name, user, ended, tokens }) => {
    const chain = tokens.map((token) => `${token.name.replace(/^RT [^.]+\./, "")} ${token.state}`).join(", ");
    return `${name} of ${user}: ${ended === null ? chain : `ended (${ended})`}`;
  });
}

function nextOf({ next }: StateView, taken: number | null): string[] {
  const lines = next.map(({ kind, to, label }, index) => {
    const fault = kind.startsWith("fault:") ? `${kind.slice("fault:".length)} ╳ ` : "";
    const { action, task, tokens } = parseLabel(label);
    const refresh = tokens.filter((token) => token.startsWith("RT "));
    const brief = `${action}${task === null ? "" : ` for ${task}`}${refresh.length === 0 ? "" : ` [${refresh.join(", ")}]`}`;
    return `${index === taken ? "▶" : "·"} ${fault}${brief}${to === "clock" ? "" : ` → ${to}`}`;
  });
  // What is taken must be among what is shown.
  const most = Math.max(PENDING, (taken ?? 0) + 1);
  return lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more`];
}
