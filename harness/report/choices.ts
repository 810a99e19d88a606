import type { TraceEntry } from "../model/trace.ts";
import { parseLabel } from "./label.ts";
import { counted, plain } from "./words.ts";

/** More than these are named by their numbers only: nobody reads twenty of them. */
const TOLD = 8;

/** The choices that make a schedule another than FIFO, in words. */
export interface BeyondFifo {
  readonly head: string;
  /** A line for each; empty where there are none, or too many. */
  readonly lines: readonly string[];
}

/**
 * Says which choices of a run FIFO would not have made, and what it would have done instead.
 *
 * @example
 * ```ts
 * beyondFifo(trace).head; // "One choice is not FIFO's, marked * above:"
 * ```
 */
export function beyondFifo(trace: readonly TraceEntry[]): BeyondFifo {
  // What happened in real time was nobody's choice.
  if (trace.every(({ of }) => of === 0)) return { head: "", lines: [] };
  const chosen = trace.filter(({ choice }) => choice !== 0);
  if (chosen.length === 0) return { head: "Every step took the choice that FIFO takes.", lines: [] };
  const count = chosen.length === 1 ? "One choice is not FIFO's" : `${counted(chosen.length, "choice")} are not FIFO's`;
  if (chosen.length > TOLD) {
    const list = chosen.map(({ step, choice, of }) => `${step}: ${choice + 1}/${of}`).join(", ");
    return { head: `${count}, marked * above. As step: choice/choices, ${list}.`, lines: [] };
  }
  return { head: `${count}, marked * above:`, lines: chosen.map(lineOf) };
}

function lineOf(entry: TraceEntry): string {
  const { step, kind, from, to, label, choice, of, instead } = entry;
  const fault = kind.startsWith("fault:") ? `${kind.slice("fault:".length)}: ` : "";
  // What befalls an actor has no sender, and its label only says so once more.
  const what = fault !== "" && from === null ? `${fault}${to}` : `${fault}${arrival(label, to)}`;
  const other = instead === undefined ? `its choice ${choice + 1} of ${of}` : `and not ${arrival(instead.label, instead.to)}`;
  return plain(`step ${step}: ${what}, ${other}`);
}

/** What arrives where; its tokens stand in the picture. */
function arrival(label: string, to: string): string {
  const { action, task } = parseLabel(label);
  const brief = `${action.replace(/ \/\S*\/(?=[^/\s]+$)/, " …/")}${task === null ? "" : ` for ${task}`}`;
  return to === "clock" ? brief : `${brief} → ${to}`;
}
