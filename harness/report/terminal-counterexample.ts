import type { CellReport } from "../model/cell.ts";
import type { InvariantId } from "../model/invariant.ts";
import type { TraceEntry } from "../model/trace.ts";
import { destroyedIn, LIMIT_LINE, LIMIT_TITLE } from "./limit.ts";
import { type Paint, paintIn } from "./paint.ts";
import { type Chain, chainsOf, inShort, reasonsOf } from "./reasons.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { renderErrors } from "./terminal-summary.ts";
import { renderTrace, TRACE_WIDTH } from "./terminal-trace.ts";
import { cellName, counted, plain } from "./words.ts";
import { hang } from "./wrap.ts";

export interface CounterexampleOptions extends TerminalOptions {
  /** What stands before `replay …`, for instance `npm run -s holdfast --`. */
  readonly command: string;
  /** What plays a replay string again, where it is not that command. */
  readonly playAgain?: (replay: string) => string;
  /** Shows every step, where by default those that the *because* does not need are folded. */
  readonly everyStep?: boolean;
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
    ...(limit ? limitLines(destroyedIn(trace, because), width, paint) : []),
    ...chains.flatMap((chain) => chainLines(chain, limit, options.explain, width, paint)),
    "",
    renderTrace(trace, { ...options, because, limit }).trimEnd(),
    "",
    "Play it again:",
    `  ${options.playAgain?.(first.replay) ?? `${options.command} replay ${first.replay}`}`,
    "",
  ].join("\n");
}

/**
 * A recorded run, played again: every step of it, and what it broke, if it did.
 *
 * @param trace null when the run did not come to its end; then the error says why.
 * @example
 * ```ts
 * renderReplay(report, trace, { command: "npm run -s holdfast --" });
 * ```
 */
export function renderReplay(report: CellReport, trace: readonly TraceEntry[] | null, options: CounterexampleOptions): string {
  if (report.result.violations.length > 0) return renderCounterexample(report, { ...options, everyStep: true });
  const paint = paintIn(options.colour ?? false);
  const end = report.result.error === null ? "Every invariant held.\n" : renderErrors([report], options);
  return [paint.bold(titleOf(report)), "", renderTrace(trace ?? [], { ...options, everyStep: true }), end].join("\n");
}

function titleOf({ result }: CellReport): string {
  return `${plain(result.scenario)} · ${cellName(result)} · ${counted(result.loads, "load")}`;
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
