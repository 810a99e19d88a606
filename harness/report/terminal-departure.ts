import type { Departure } from "../model/departure.ts";
import type { TraceEntry } from "../model/trace.ts";
import { paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { TRACE_WIDTH } from "./terminal-trace.ts";
import { plain } from "./words.ts";
import { hang } from "./wrap.ts";

const CAUSE = "The code, the scenario or a dependency has changed since it was recorded.";
const BEYOND = "What comes after this step is as near to the recorded order as could be.";

export interface DepartureOptions extends TerminalOptions {
  /** What stands before `replay …`; without it, nobody is told how to record it anew. */
  readonly command?: string;
}

/**
 * Says whether a replay was the recorded run, and if not, in which step it first was another one.
 *
 * @param trace of the replay
 * @example
 * ```ts
 * renderDeparture(null, trace); // "The trace is the recorded one.\n"
 * ```
 */
export function renderDeparture(departure: Departure | null, trace: readonly TraceEntry[], options: DepartureOptions = {}): string {
  if (departure === null) return "The trace is the recorded one.\n";
  const width = options.width ?? TRACE_WIDTH;
  const paint = paintIn(options.colour ?? false);
  const now = trace.find(({ step }) => step === departure.step);
  return [
    ...hang("", departureLine(departure), width).map((line) => paint.bold(paint.yellow(line))),
    ...(now === undefined ? [] : hang("  now: ", plain(`${now.kind} ${routeOf(now)} ${now.label}`), width)),
    ...hang("", departure.step === null ? CAUSE : `${CAUSE} ${BEYOND}`, width),
    ...(options.command === undefined ? [] : anew(options.command, width)),
    "",
  ].join("\n");
}

/** Where a replay departs, in one sentence. */
export function departureLine({ step, how }: Departure): string {
  switch (how) {
    case "another step":
      return `It departs from the recorded run in step ${step}: something else happens there.`;
    case "no such choice":
      return `It departs from the recorded run in step ${step}: what was chosen there is not possible any more.`;
    case "ended":
      return `It departs from the recorded run in step ${step}: the recorded one went on, and this one has ended.`;
    case "goes on":
      return `It departs from the recorded run in step ${step}: the recorded one had ended before it.`;
    case "another message":
      return "It departs from the recorded run in what a message carries: every step is the same, but a header or a body is not.";
    case "unknown":
      return "It is not the recorded run, and the recording is too old to say in which step it departs.";
  }
}

function routeOf({ from, to }: TraceEntry): string {
  return from === null ? to : `${from} → ${to}`;
}

/** Commands to copy stand on lines of their own, however long they are. */
function anew(command: string, width: number): string[] {
  return [
    ...hang("", "To write down what it is now, in the file of a recorded trace, or to search it anew:", width),
    `  ${command} replay FILE --record`,
    `  ${command} run … --record`,
  ];
}
