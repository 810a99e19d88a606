import type { Measurement, TimedStory } from "../model/timed.ts";
import type { TraceEntry } from "../model/trace.ts";
import { arrowText, parseLabel } from "./label.ts";
import { paintIn } from "./paint.ts";
import { splitSentence } from "./reasons.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { plain } from "./words.ts";
import { hang } from "./wrap.ts";

/** Room for an arrow's text. */
const ARROW = 40;

/**
 * How something came to be broken in a world of weeks: the events that led to it, each with its time of day, and the stretch of the
 * trace in which they stand, as far as it is about the same pages.
 *
 * @example
 * ```ts
 * renderStory({ strategy: "naive", profile: "zitadel" }, story);
 * ```
 */
export function renderStory(
  { strategy, profile }: Pick<Measurement, "strategy" | "profile">,
  { run, at, invariants, because, trace }: TimedStory,
  options: TerminalOptions = {},
): string {
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? 100;
  const reasons = because.map(splitSentence);
  const times = new Map(trace.map((entry) => [entry.step, entry.at]));
  const where = `${plain(strategy)} under ${plain(profile)}, world ${run + 1}, day ${Math.floor(at / 86_400_000) + 1}`;
  const told = reasons.flatMap(({ step, text }) => hang(`  ${clock(step === null ? undefined : times.get(step))}  `, plain(text), width));
  return [
    paint.bold(`For instance ${invariants.map(plain).join(", ")}: ${where}`),
    ...told,
    "",
    ...stretch(trace, reasons).map((entry) => paint.dim(`  ${clock(entry.at)}  ${arrow(entry)}`.slice(0, width))),
    "",
  ].join("\n");
}

/** From the first reason on, what is about the pages that the reasons name. */
function stretch(trace: readonly TraceEntry[], reasons: ReturnType<typeof splitSentence>[]): readonly TraceEntry[] {
  const first = Math.min(...reasons.flatMap(({ step }) => step ?? []));
  const tasks = new Set(reasons.flatMap(({ text }) => text.split(/[\s,;:()]+/)));
  return trace.filter(({ step, label }) => step >= first && tasks.has(parseLabel(label).task ?? ""));
}

function arrow({ from, to, label }: TraceEntry): string {
  const { task, ...rest } = parseLabel(plain(label));
  const route = from === null ? to : `${from} → ${to}`;
  return `${(task ?? "").padEnd(14)}  ${route.padEnd(22)}  ${arrowText({ task, ...rest }, ARROW)}`;
}

/** A moment of virtual time, from its milliseconds, as a clock shows it; blank for one that the trace no longer has. */
function clock(at: number | undefined): string {
  return at === undefined ? " ".repeat(12) : new Date(at).toISOString().slice(11, 23);
}
