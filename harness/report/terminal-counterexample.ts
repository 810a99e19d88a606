import type { CellReport } from "../model/cell.ts";
import type { Departure } from "../model/departure.ts";
import type { InvariantId } from "../model/invariant.ts";
import type { TraceEntry } from "../model/trace.ts";
import { destroyedIn, LIMIT_LINE, LIMIT_TITLE } from "./limit.ts";
import { type Paint, paintIn } from "./paint.ts";
import { type Chain, chainsOf, inShort, reasonsOf } from "./reasons.ts";
import { cellShown, shrunkLine } from "./shrunk.ts";
import { storyInWords } from "./story-words.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { renderErrors } from "./terminal-summary.ts";
import { renderTrace, TRACE_WIDTH } from "./terminal-trace.ts";
import { vitestTest } from "./vitest-test.ts";
import { cellName, counted, plain } from "./words.ts";
import { hang } from "./wrap.ts";

export interface CounterexampleOptions extends TerminalOptions {
  /** What stands before `replay …`, for instance `npm run -s holdfast --`. */
  readonly command: string;
  /** What plays a replay string again, where it is not that command. */
  readonly playAgain?: (replay: string) => string;
  /** Shows every step, where by default those that the *because* does not need are folded. */
  readonly everyStep?: boolean;
  /** Adds a test to paste. */
  readonly test?: boolean;
  /** What an invariant says, for instance `holds when no answer mixes two users`. */
  readonly explain?: ((invariant: InvariantId) => string | undefined) | undefined;
}

/**
 * A counterexample as text: what is broken and why, the steps that lead there with a column for each actor, and the one
 * line that plays it again. Empty for a cell that breaks nothing.
 *
 * @example
 * ```ts
 * renderCounterexample(report, { command: "npm run -s holdfast --" });
 * ```
 */
export function renderCounterexample(report: CellReport, options: CounterexampleOptions): string {
  const chains = chainsOf(report.result);
  const [first] = chains;
  if (first === undefined) return "";
  const paint = paintIn(options.colour ?? false);
  const width = options.width ?? TRACE_WIDTH;
  const trace = report.counterexample ?? [];
  const because = reasonsOf(chains);
  const limit = report.result.verdict === "cannot-be-had";
  return [
    paint.bold(titleOf(report)),
    ...(report.result.story === undefined ? [] : storyInWords(report.result.story).map((line) => `  ${line}`)),
    ...hang("", shrunkLine(report.result) ?? "", width)
      .filter((line) => line !== "")
      .map((line) => paint.dim(line)),
    ...(limit ? limitLines(destroyedIn(trace, because), width, paint) : []),
    ...chains.flatMap((chain) => chainLines(chain, limit, options.explain, width, paint)),
    "",
    renderTrace(trace, { ...options, because, limit }).trimEnd(),
    "",
    "Play it again:",
    `  ${options.playAgain?.(first.replay) ?? `${options.command} replay ${first.replay}`}`,
    "",
    ...(options.test ? ["As a test, which fails as long as this happens:", vitestTest(report) ?? ""] : []),
  ].join("\n");
}

/** A recorded run, played again. */
export interface ReplayOptions extends CounterexampleOptions {
  /** Where it is no longer the recorded one. */
  readonly departure?: Departure | null;
}

/**
 * A recorded run, played again: every step of it, up to where it failed, and what it broke, if it did.
 *
 * @example
 * ```ts
 * renderReplay(report, trace, { command: "npm run -s holdfast --" });
 * ```
 */
export function renderReplay(report: CellReport, trace: readonly TraceEntry[], options: ReplayOptions): string {
  const { departure = null } = options;
  const marked = departure === null ? trace : trace.map((entry) => (entry.step === departure.step ? departing(entry) : entry));
  if (report.result.violations.length > 0)
    return renderCounterexample({ ...report, counterexample: marked }, { ...options, everyStep: true });
  const paint = paintIn(options.colour ?? false);
  const end = report.result.error === null ? "Every invariant held.\n" : renderErrors([report], options);
  return [paint.bold(titleOf(report)), "", renderTrace(marked, { ...options, everyStep: true }), end].join("\n");
}

function departing(entry: TraceEntry): TraceEntry {
  return { ...entry, events: [...entry.events, "from here on it is not the recorded run"] };
}

function titleOf(report: CellReport): string {
  const result = cellShown(report.result);
  const extent = result.story === undefined ? counted(result.loads, "load") : counted(result.story.acts.length, "act");
  return `${plain(result.scenario)} · ${cellName(result)} · ${extent}`;
}

function limitLines(step: number | null, width: number, paint: Paint): string[] {
  const line = `${LIMIT_LINE.before}${step === null ? "" : ` (step ${step})`}${LIMIT_LINE.after}`;
  return ["", paint.bold(paint.yellow(LIMIT_TITLE)), ...hang("  ", line, width)];
}

/** @param limit the invariant is broken in consequence of a limit of the issuer, and nobody is to blame */
function chainLines(chain: Chain, limit: boolean, explain: CounterexampleOptions["explain"], width: number, paint: Paint): string[] {
  const meaning = explain?.(chain.invariant);
  const short = limit ? null : inShort(chain.reasons);
  const heading = limit ? `The consequence: ${chain.invariant} is violated` : paint.red(`${chain.invariant} is violated`);
  return [
    "",
    paint.bold(heading),
    ...(meaning === undefined ? [] : hang("  it ", plain(meaning), width)),
    ...(short === null ? [] : ["", ...hang("In short: ", plain(short), width).map((line) => paint.bold(line))]),
    "",
    "Because",
    ...chain.reasons.flatMap(({ number, step, text }) =>
      hang(`${String(number).padStart(4)}. `, `${step === null ? "" : `step ${step}: `}${plain(text)}`, width),
    ),
  ];
}
