import type { CellReport, CellResult, Verdict } from "../model/cell.ts";
import { type Group, groupBy } from "./matrix.ts";
import { type Paint, paintIn } from "./paint.ts";
import type { TerminalOptions } from "./terminal-matrix.ts";
import { cellName, counted, extentOf, plain, standingOf, VERDICT_WORD } from "./words.ts";
import { hang, wrap } from "./wrap.ts";

/** What a verdict says of one cell, and of several. */
const SAYS: Readonly<Record<Verdict, readonly [one: string, many: string]>> = {
  holds: ["holds", "hold"],
  violated: ["breaks an invariant", "break an invariant"],
  "cannot-be-had": ["shows what cannot be had", "show what cannot be had"],
  error: ["ended in an error", "ended in an error"],
};
const SAYS_EXPECTED: Readonly<Record<Verdict, readonly [one: string, many: string]>> = {
  ...SAYS,
  violated: ["shows the bug that it is expected to show", "show the bug that they are expected to show"],
};

/**
 * The last lines of a run: how many cells showed what, and then each that should make somebody look.
 *
 * @example
 * ```ts
 * renderSummary(reports); // "28 cells: 12 hold, 16 show the bug that they are expected to show; nothing unexpected.\n"
 * ```
 */
export function renderSummary(reports: readonly CellReport[], options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  const results = reports.map(({ result }) => result);
  const lines = alarmsOf(reports).flatMap(({ result }) => hang("  ✗ ", alarmText(result), options.width ?? 100));
  return [headline(results), ...lines.map((line) => paint.red(line)), ""].join("\n");
}

/** The cells that should make somebody look. */
export function alarmsOf(reports: readonly CellReport[]): readonly CellReport[] {
  return reports.filter(({ result }) => isUnexpected(result) || (result.expect === null && result.verdict === "violated"));
}

/** A cell that should make somebody look, and why, in one line. */
export function alarmText(result: CellResult): string {
  return `${place(result)}: ${story(result)}`;
}

/** The first of the last lines, on its own, for instance as the lead of a report. */
export function headline(results: readonly CellResult[]): string {
  const unexpected = results.filter(isUnexpected).length;
  const stated = results.some(({ expect }) => expect !== null);
  const shown = tally(results);
  const judged = unexpected > 0 ? `; ${unexpected} unexpected` : stated ? "; nothing unexpected" : "";
  return `${counted(results.length, "cell")}${shown === "" ? "" : `: ${shown}`}${judged}.`;
}

/** An error is never what anybody wants, unless somebody said so. */
function isUnexpected(result: CellResult): boolean {
  return standingOf(result) === "surprise" || (result.expect === null && result.verdict === "error");
}

function tally(results: readonly CellResult[]): string {
  const parts = (["holds", "violated", "cannot-be-had", "error"] as const).flatMap((verdict) => {
    const having = results.filter((result) => result.verdict === verdict);
    const expected = having.filter((result) => standingOf(result) === "expected").length;
    // "2 hold" needs no "as expected"; a bug that is there on purpose does.
    if (verdict !== "violated") return said(having.length, SAYS[verdict]);
    return [...said(expected, SAYS_EXPECTED[verdict]), ...said(having.length - expected, SAYS[verdict])];
  });
  return parts.join(", ");
}

function said(count: number, [one, many]: readonly [one: string, many: string]): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

function place(result: CellResult): string {
  return `${plain(result.scenario)} · ${cellName(result)}`;
}

function story(result: CellResult): string {
  const came = result.verdict === "error" && result.error !== null ? `error ${result.error.code}` : VERDICT_WORD[result.verdict];
  const broken = [...new Set(result.violations.map(({ invariant }) => invariant))].join(", ");
  const found = `${came}${broken === "" ? "" : ` (${broken})`} after ${extentOf(result)}`;
  return result.expect === null ? found : `expected ${VERDICT_WORD[result.expect]}, got ${found}`;
}

/**
 * What went wrong in the cells that ended in an error: code, message and what to do next, once for all cells in which
 * it was the same. Empty when none did.
 *
 * @example
 * ```ts
 * renderErrors(reports);
 * // error ESCAPED in page-loads-at-expiry · workos-node/sealed-session · workos · 1 isolate · fifo
 * //   the target "workos-node" created what the world does not own: TCPWRAP
 * //   next: go through fetch, timers and WebCrypto
 * ```
 */
export function renderErrors(reports: readonly CellReport[], options: TerminalOptions = {}): string {
  const paint = paintIn(options.colour ?? false);
  return sameErrors(reports.map(({ result }) => result))
    .flatMap((alike) => errorLines(alike, options.width ?? 100, paint).map((line) => `${line}\n`))
    .join("");
}

/** A result that ended in an error. */
type Failed = CellResult & { readonly error: NonNullable<CellResult["error"]> };

/** The cells that ended in an error, those with the same code and message together. */
function sameErrors(results: readonly CellResult[]): readonly Group<Failed>[] {
  const failed = results.filter((result): result is Failed => result.error !== null);
  return groupBy(failed, ({ error }) => JSON.stringify([error.code, error.message]));
}

function errorLines(alike: Group<Failed>, width: number, paint: Paint): string[] {
  const { code, message } = alike[0].error;
  // A message may quote a trace of several lines; each stays a line.
  const said = message.split("\n").flatMap((line) => hang("  ", plain(line), width));
  const hints = [...new Set(alike.map(({ error }) => error.hint))];
  return [
    ...headingLines(code, alike, width).map((line) => paint.bold(paint.red(line))),
    ...said,
    ...hints.flatMap((hint) => hang("  next: ", plain(hint), width)),
  ];
}

/** Cells that only the profile sets apart are one place. */
function headingLines(code: string, alike: Group<Failed>, width: number): string[] {
  if (alike.length === 1) return [`error ${code} in ${place(alike[0])}`];
  const places = groupBy(alike, (result) => place({ ...result, profile: "" })).map((cells) =>
    place({ ...cells[0], profile: [...new Set(cells.map(({ profile }) => profile))].join(", ") }),
  );
  const heading = `error ${code} in ${counted(alike.length, "cell")}:`;
  if (places.length > 1) return [heading, ...places.flatMap((each) => hang("  in ", each, width))];
  return wrap(`${heading} ${places.join("")}`, width - 4).map((line, index) => (index === 0 ? line : `    ${line}`));
}
