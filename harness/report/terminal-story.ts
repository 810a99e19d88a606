import type { Measurement, TimedStory } from "../model/timed.ts";
import { paintIn } from "./paint.ts";
import { type Reason, splitSentence } from "./reasons.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { renderTrace } from "./terminal-trace.ts";
import { plain } from "./words.ts";
import { hang } from "./wrap.ts";

/** Room for `12:34:56.789` and what stands around it. */
const CLOCK = 18;

/**
 * How something came to be broken in a world of weeks: the events that led to it with the time of day, and the last stretch of the
 * trace, of which it needs.
 */
export function renderStory(
  { strategy, profile }: Pick<Measurement, "strategy" | "profile">,
  story: TimedStory,
  options: TerminalOptions = {},
): string {
  const paint = paintIn(options.colour ?? false);
  const because = story.because.map((sentence, index): Reason => ({ number: index + 1, ...splitSentence(sentence) }));
  const times = new Map(story.trace.map(({ step, at }) => [step, at]));
  const lines = because.flatMap(({ step, text }) => {
    const at = step === null ? undefined : times.get(step);
    return hang(`  ${(at === undefined ? "earlier" : clock(at)).padEnd(CLOCK - 4)}  `, plain(text), options.width ?? 100);
  });
  const where = `${plain(strategy)} under ${plain(profile)}, world ${story.run + 1}, ${day(story.at)} at ${clock(story.at)}`;
  return [
    paint.bold(`For instance ${story.invariants.map(plain).join(", ")}: ${where}`),
    ...lines,
    "",
    renderTrace(fromFirst(story.trace, because), { ...options, because }),
  ].join("\n");
}

/** What stands before the first reason is of other days and other pages. */
function fromFirst(trace: TimedStory["trace"], because: readonly Reason[]): TimedStory["trace"] {
  const first = Math.min(...because.flatMap(({ step }) => step ?? []));
  return trace.filter(({ step }) => step >= first);
}

/** A moment of virtual time, from its milliseconds, as a clock shows it. */
function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

function day(at: number): string {
  return `day ${Math.floor(at / 86_400_000) + 1}`;
}
