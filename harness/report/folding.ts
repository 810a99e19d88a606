import type { TraceEntry } from "../model/trace.ts";
import { parseLabel } from "./label.ts";
import { type Reason, splitSentence } from "./reasons.ts";

/** How the trace tells that a newer generation came to be, that it reached somebody, or that it was lost on the way. */
const TELLING = [/^the issuer redeems /, / is issued /, / gets no verdict on /, /^the answer to .* is lost$/s, /^fault /];

/**
 * The steps that a person needs to follow the *because*: those that it names, the fatal pair, every fault, every
 * redemption and what became of its answer, and whatever else happens to the loads that it names, from its first step
 * on. Without any reason to go by, every step.
 */
export function essentialSteps(trace: readonly TraceEntry[], reasons: readonly Reason[], fatal: ReadonlySet<number>): ReadonlySet<number> {
  const named = new Set(reasons.flatMap(({ step }) => step ?? []));
  if (named.size === 0) return new Set(trace.map(({ step }) => step));
  const first = Math.min(...named);
  const words = new Set(reasons.flatMap(({ text }) => text.split(/[\s():,]+/)));
  const essential = trace.filter((entry) => {
    if (named.has(entry.step) || fatal.has(entry.step) || entry.kind.startsWith("fault:")) return true;
    if (entry.events.some((event) => TELLING.some((pattern) => pattern.test(splitSentence(event).text)))) return true;
    const { task } = parseLabel(entry.label);
    return entry.step >= first && task !== null && words.has(task);
  });
  return new Set(essential.map(({ step }) => step));
}
